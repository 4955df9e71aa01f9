from hypothesis import given
from hypothesis import strategies as st

from redsearcher.world.mention import MentionIndex, fold_aligned


def found(names: dict[str, list[str]], text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(text[m.start : m.end], m.entities) for m in MentionIndex(names.items()).find(text)]


def test_whole_words_in_any_case_and_accent():
    assert found({"a": ["José Núñez"]}, "They saw jose nunez, not Jose Nunezky.") == [("jose nunez", ("a",))]


def test_chinese_names_match_inside_running_text():
    assert found({"a": ["杭州市"], "b": ["Berg"]}, "他在杭州市与Berg见面") == [("杭州市", ("a",)), ("Berg", ("b",))]


def test_longest_name_wins_and_ambiguous_names_give_all_bearers():
    names = {"city": ["York"], "state": ["New York"], "other": ["New York"]}
    assert found(names, "From York to New York.") == [("York", ("city",)), ("New York", ("other", "state"))]


def test_name_cut_by_a_word_does_not_hide_a_shorter_one():
    assert found({"a": ["Lake"], "b": ["Lake Van"]}, "Lake Vanern") == [("Lake", ("a",))]


def test_common_words_do_not_flood():
    names = {"it": ["It"], "us": ["US"], "x": ["X"], "queen": ["Queen"], "is": ["is"]}
    assert found(names, "It is us and the queen; X is I.") == []
    assert found(names, "The US saw Queen live.") == [("US", ("us",)), ("Queen", ("queen",))]


def test_no_names_finds_nothing():
    assert MentionIndex([]).find("anything") == []


@given(st.text())
def test_folding_keeps_positions(text):
    assert len(fold_aligned(text)) == len(text)


@given(st.text(alphabet="abß éÉ北京-", min_size=2), st.text(alphabet="abc ß.北", max_size=20))
def test_mentions_lie_in_order_inside_the_text(name, text):
    mentions = MentionIndex([("e", [name])]).find(text + " " + name)
    reached = 0
    for mention in mentions:
        assert reached <= mention.start < mention.end <= len(text) + 1 + len(name)
        reached = mention.end
