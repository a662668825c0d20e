from __future__ import annotations

from pmagent.nlp.keyphrases import key_of, pick_distinct, rank_phrases

RARE = {"outcome": 4.0, "pricing": 4.0, "varroa": 5.0, "lisbon": 5.0, "seat": 3.0, "seats": 3.0}


def idf(word: str) -> float:
    return RARE.get(word, 2.0)


def ranked(*texts: str, others: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> list[str]:
    return [phrase.text for phrase in rank_phrases(texts, idf=idf, others=others, without=without)]


def test_what_several_texts_say_comes_first() -> None:
    texts = ("We moved to outcome pricing.", "The outcome pricing took a year.", "A ferry left.")

    assert ranked(*texts)[0] == "outcome pricing"


def test_a_phrase_never_begins_or_ends_with_a_stop_word_or_filler() -> None:
    phrases = ranked("So the price of the seat is kind of a really good thing, you know.")

    assert all(phrase.split()[0] not in {"so", "the", "of", "really", "kind"} for phrase in phrases)
    assert all(phrase.split()[-1] not in {"the", "of", "is", "thing", "good"} for phrase in phrases)


def test_a_phrase_does_not_cross_a_stop() -> None:
    assert "seats varroa" not in ranked("We count seats. Varroa is a mite.")


def test_a_word_that_follows_a_person_is_a_verb_and_no_phrase() -> None:
    assert "train" not in ranked("We train the model.", "They train it.", "I train every morning.")


def test_what_the_others_say_as_often_counts_for_less() -> None:
    texts = ("The seats and the varroa.", "A varroa beside the seats.")

    assert ranked(*texts, others=("The varroa.", "A varroa."))[0] == "seats"


def test_a_phrase_of_unwanted_words_alone_is_left_out() -> None:
    phrases = ranked("The outcome pricing.", "Our outcome pricing.", without=("outcome", "pricing"))

    assert phrases == []


def test_plural_and_singular_are_one_phrase_in_the_form_said_most() -> None:
    [phrase] = rank_phrases(("The seats.", "Those seats.", "A seat."), idf=idf)

    assert (phrase.text, phrase.key, phrase.texts) == ("seats", ("seat",), (0, 1, 2))


def test_a_name_keeps_its_capital_and_a_sentence_start_gives_none() -> None:
    phrases = ranked("Ferries leave from Lisbon.", "Ferries stay in Lisbon.")

    assert {"Lisbon", "ferries"} <= set(phrases)


def test_distinct_phrases_share_no_part() -> None:
    phrases = rank_phrases(("The outcome pricing.", "Our outcome pricing."), idf=idf)

    assert [phrase.text for phrase in pick_distinct(phrases, limit=5)] == ["outcome pricing"]


def test_no_text_has_no_phrases() -> None:
    assert rank_phrases((), idf=idf) == ()
    assert rank_phrases(("",), idf=idf) == ()


def test_keys_fold_case_accents_and_endings() -> None:
    assert [key_of(word) for word in ("Cafés", "GPUs", "companies", "status", "Ana’s")] == [
        "cafe",
        "gpu",
        "company",
        "status",
        "ana",
    ]
