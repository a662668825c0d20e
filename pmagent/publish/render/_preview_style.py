"""How the preview looks. One constant: the page's policy names it by its digest."""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #faf8f4; --card: #ffffff; --ink: #23211d; --soft: #6d675d; --line: #e6e0d5;
  --accent: #0b6b63; --accent-soft: #a9d3cd; --warn: #a3400e;
  --serif: Charter, "Bitstream Charter", "Iowan Old Style", "Source Serif 4", Georgia, serif;
  --sans: system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16181b; --card: #1e2125; --ink: #e7e3da; --soft: #9c978c; --line: #31353b;
    --accent: #6fc7bb; --accent-soft: #2b5f5a; --warn: #ee9a62;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 72rem; padding: 2rem 2.25rem 5rem;
  background: var(--paper); color: var(--ink); font: 1.125rem/1.65 var(--serif);
  overflow-wrap: anywhere; text-rendering: optimizeLegibility;
}
header {
  display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: center;
  font: .8125rem/1.4 var(--sans); color: var(--soft);
}
header p { margin: 0; }
.badge {
  padding: .2rem .65rem; border-radius: 999px; background: var(--accent); color: var(--paper);
  font-weight: 600; letter-spacing: .04em;
}
.path { margin-left: auto; }
.strip { display: block; width: 100%; height: .5rem; margin: 1.25rem 0 0; }
.strip rect { rx: 2px; }
.band0 { fill: var(--accent); }
.band1 { fill: var(--accent-soft); }
main {
  display: grid; grid-template-columns: minmax(0, 42rem) minmax(15rem, 21rem);
  justify-content: space-between; gap: 2.5rem 3.5rem; margin-top: 2.5rem;
}
article > :first-child { margin-top: 0; }
article h1 { font-size: 2.6rem; line-height: 1.15; letter-spacing: -.015em; margin: 0 0 1.4rem; }
article h1 + p { font-size: 1.22rem; line-height: 1.6; }
article h2 {
  font: 600 .875rem/1.4 var(--sans); letter-spacing: .08em; text-transform: uppercase;
  color: var(--accent); margin: 2.75rem 0 .9rem; padding-top: 1.1rem;
  border-top: 1px solid var(--line);
}
article p { margin: 0 0 1.1rem; }
article ul, article ol { margin: 0 0 1.1rem; padding-left: 1.4rem; }
article li { margin: .35rem 0; padding-left: .2rem; }
article li::marker { color: var(--soft); }
blockquote {
  margin: 1.4rem 0; padding: .1rem 0 .1rem 1.4rem; border-left: 3px solid var(--accent);
}
blockquote p:first-child { font-size: 1.22rem; font-style: italic; margin-bottom: .3rem; }
blockquote p + p { font: .875rem/1.5 var(--sans); color: var(--soft); margin: 0; }
a { color: var(--accent); text-underline-offset: .18em; text-decoration-thickness: .06em; }
sup {
  font: 600 .68em/1 var(--sans); color: var(--soft); margin-left: .15em; font-style: normal;
  vertical-align: .5em;
}
code, pre { font: .88em/1.55 ui-monospace, "DejaVu Sans Mono", monospace; }
pre { padding: 1rem; background: var(--card); border: 1px solid var(--line); overflow-x: auto; }
table { border-collapse: collapse; font-size: .95rem; }
th, td { padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); text-align: left; }
aside { font: .875rem/1.5 var(--sans); display: grid; gap: 1.25rem; align-content: start; }
aside section {
  background: var(--card); border: 1px solid var(--line); border-radius: .7rem;
  padding: 1rem 1.15rem 1.1rem;
}
aside h2 { font-size: .8125rem; font-weight: 600; margin: 0 0 .7rem; color: var(--soft); }
aside ol, aside ul { list-style: none; margin: 0; padding: 0; }
aside p { margin: 0; color: var(--soft); }
aside .chapters { display: grid; grid-template-columns: max-content 1fr; gap: .5rem .8rem; }
.chapters li { display: contents; }
.chapters bdi:first-child { grid-column: 1 / -1; }
time {
  text-align: right; white-space: nowrap; color: var(--accent);
  font-variant-numeric: tabular-nums;
}
.room li { display: flex; flex-wrap: wrap; justify-content: space-between; padding: .35rem 0; }
.count { font-variant-numeric: tabular-nums; }
.count i { font-style: normal; color: var(--soft); }
progress {
  flex: 1 0 100%; width: 100%; height: .3rem; margin-top: .3rem; appearance: none; border: 0;
  border-radius: 99px; overflow: hidden; background: var(--line); accent-color: var(--accent);
}
progress::-webkit-progress-bar { background: var(--line); }
progress::-webkit-progress-value { background: var(--accent); border-radius: 99px; }
progress::-moz-progress-bar { background: var(--accent); }
.over .count { color: var(--warn); font-weight: 600; }
.over progress::-webkit-progress-value { background: var(--warn); }
.over progress::-moz-progress-bar { background: var(--warn); }
.remarks li { padding: .2rem 0 .2rem 1rem; text-indent: -1rem; }
.remarks li::before { content: "• "; color: var(--warn); padding-right: .35rem; }
@media (max-width: 60rem) {
  main { grid-template-columns: minmax(0, 1fr); }
  body { padding: 1.25rem 1.1rem 3rem; }
  article h1 { font-size: 2rem; }
  .path { margin-left: 0; }
}
@media print {
  body { max-width: none; padding: 0; background: none; }
  aside, header, .strip { display: none; }
  main { display: block; margin: 0; }
}
"""
