from service.pages.cohort.learnings.wording import AGAIN_CHARACTERS_MAX, Wording, beginning

LONG = {"key": "ask", "statement": "Ask people while the thing is in front of them. " * 5}


def test_a_learning_has_all_its_words_only_where_it_stands_first() -> None:
    wording = Wording()
    assert wording(LONG) == LONG["statement"]
    assert LONG["statement"].startswith(wording(LONG).removesuffix("…"))
    assert wording.worded(LONG)["words"] == beginning(LONG["statement"])
    assert wording({**LONG, "key": "other"}) == LONG["statement"]


def test_a_beginning_ends_after_a_word_where_there_is_one() -> None:
    assert beginning("Ask first.") == "Ask first."
    assert beginning(f"{'word ' * 30}").endswith("word…")
    assert beginning("x" * 500) == "x" * AGAIN_CHARACTERS_MAX + "…"
