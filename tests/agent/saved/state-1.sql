BEGIN TRANSACTION;
CREATE TABLE drafts (
        session TEXT PRIMARY KEY REFERENCES sessions(id) ON DELETE CASCADE,
        text TEXT NOT NULL,
        at TEXT NOT NULL
    ) WITHOUT ROWID;
INSERT INTO "drafts" VALUES('5e554ed80001','and then','2026-11-20T10:00:21.000000+00:00');
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID
    ;
CREATE TABLE partials (
        session TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
        turn TEXT NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (session, turn)
    ) WITHOUT ROWID;
INSERT INTO "partials" VALUES('5e554ed80000','t0','It is');
CREATE TABLE records (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        session TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        turn TEXT NOT NULL,
        at TEXT NOT NULL,
        body TEXT NOT NULL
    );
INSERT INTO "records" VALUES(1,'5e554ed80000','asked','t0','2026-11-20T10:00:02.000000+00:00','{"v":1,"kind":"asked","turn":"t0","typed":"What about it?","message":{"role":"user","parts":[{"type":"text","text":"What about it?"}]},"model":"offline"}');
INSERT INTO "records" VALUES(2,'5e554ed80001','marked','','2026-11-20T10:00:05.000000+00:00','{"v":1,"kind":"marked","facts":{"model":"deep","budget":{"steps":4,"cost_usd":null}}}');
INSERT INTO "records" VALUES(3,'5e554ed80001','asked','t1','2026-11-20T10:00:07.000000+00:00','{"v":1,"kind":"asked","turn":"t1","typed":"What did Ana say?","message":{"role":"user","parts":[{"type":"text","text":"What did Ana say? \u4fa1\u683c \udcff"}]},"model":"deep"}');
INSERT INTO "records" VALUES(4,'5e554ed80001','stepped','t1','2026-11-20T10:00:09.000000+00:00','{"v":1,"kind":"stepped","turn":"t1","message":{"role":"assistant","parts":[{"type":"opaque","data":{"type":"thinking","signature":"x==","n":[1,2.5,null]}},{"type":"text","text":"Looking."},{"type":"tool_use","id":"u1","tool":"Read","input":{"path":"a.md","limit":3}},{"type":"tool_use","id":"u2","tool":"Grep","input":{},"problem":"broken JSON"}]},"usage":{"input":10,"output":3,"cache_read":2,"cache_write":1,"is_estimate":false},"model":"deep"}');
INSERT INTO "records" VALUES(5,'5e554ed80001','stepped','t1','2026-11-20T10:00:11.000000+00:00','{"v":1,"kind":"stepped","turn":"t1","message":{"role":"user","parts":[{"type":"tool_answer","id":"u1","text":"A line.","data":{"lines":[1,2]}},{"type":"tool_answer","id":"u2","text":"No.","is_error":true}]},"usage":{"input":0,"output":0,"cache_read":0,"cache_write":0,"is_estimate":false},"model":""}');
INSERT INTO "records" VALUES(6,'5e554ed80001','ended','t1','2026-11-20T10:00:13.000000+00:00','{"v":1,"kind":"ended","turn":"t1","reason":"cost","cost_usd":"0.0123","checkpoints":["c1","c2"],"shown":""}');
INSERT INTO "records" VALUES(7,'5e554ed80001','renamed','','2026-11-20T10:00:15.000000+00:00','{"v":1,"kind":"renamed","name":"Ana and prices"}');
INSERT INTO "records" VALUES(8,'5e554ed80001','compacted','','2026-11-20T10:00:17.000000+00:00','{"v":1,"kind":"compacted","summary":"Ana was asked after.","kept_turns":["t1"],"by":"person"}');
CREATE TABLE scratch (
        seq INTEGER PRIMARY KEY,
        session TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
        text TEXT NOT NULL,
        source TEXT NOT NULL
    );
INSERT INTO "scratch" VALUES(1,'5e554ed80001','ask her','you');
CREATE TABLE sessions (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL DEFAULT '',
        began TEXT NOT NULL,
        last TEXT NOT NULL,
        turns INTEGER NOT NULL DEFAULT 0,
        forked_from TEXT NOT NULL DEFAULT '',
        first TEXT NOT NULL DEFAULT ''
    ) WITHOUT ROWID;
INSERT INTO "sessions" VALUES('5e554ed80000','','2026-11-20T10:00:01.000000+00:00','2026-11-20T10:00:02.000000+00:00',1,'','What about it?');
INSERT INTO "sessions" VALUES('5e554ed80001','Ana and prices','2026-11-20T10:00:04.000000+00:00','2026-11-20T10:00:17.000000+00:00',1,'','What did Ana say?');
CREATE TABLE spans (
        session TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
        id TEXT NOT NULL,
        parent TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        began TEXT NOT NULL,
        ended TEXT,
        facts TEXT NOT NULL,
        PRIMARY KEY (session, id)
    ) WITHOUT ROWID;
INSERT INTO "spans" VALUES('5e554ed80001','s1','','tool','Read a.md','2026-11-20T10:00:00+00:00',NULL,'{}');
CREATE INDEX records_in_order ON records(session, seq);
CREATE INDEX scratch_of_session ON scratch(session, seq);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('records',8);
COMMIT;
PRAGMA user_version=1;
