from service.pages.charts.geometry import Mark
from service.pages.charts.tree import DEPTH_MAX, Branch, Node, tree
from tests.service.pages.charts.conftest import Draw, parsed


def chain(length: int) -> Node:
    node = Node(f"question {length}")
    for number in range(length - 1, 0, -1):
        node = Node(f"question {number}", children=(node,))
    return node


def texts(branches: tuple[Branch, ...]) -> list[str]:
    return [text for branch in branches for text in (branch.node.text, *texts(branch.branches))]


def levels(branches: tuple[Branch, ...]) -> int:
    return max((1 + levels(branch.branches) for branch in branches), default=0)


def test_children_are_nested_in_their_parent(draw: Draw) -> None:
    nodes = [Node("first", "#first", children=(Node("second"), Node("third"))), Node("fourth")]
    root = parsed(draw("tree", tree(nodes)))
    roots = root.findall("./ul/li/span")
    assert ["".join(each.itertext()) for each in roots] == ["first", "fourth"]
    assert len(root.findall("./ul/li/ul/li")) == 2


def test_a_deep_family_stays_in_its_order_and_narrow() -> None:
    branches = tree([chain(2000)])
    assert levels(branches) == DEPTH_MAX
    assert texts(branches) == [f"question {number}" for number in range(1, 2001)]


def test_what_lies_deeper_says_how_deep(draw: Draw) -> None:
    words = " ".join("".join(parsed(draw("tree", tree([chain(DEPTH_MAX + 1)]))).itertext()).split())
    assert f"level {DEPTH_MAX + 1} question {DEPTH_MAX + 1}" in words
    assert f"level {DEPTH_MAX} question" not in words


def test_flattened_branches_keep_the_order_of_a_reader() -> None:
    deep = Node("a", children=(Node("a1", children=(Node("a11"),)), Node("a2")))
    node = deep
    for _ in range(DEPTH_MAX - 1):
        node = Node("parent", children=(node,))
    assert texts(tree([node]))[DEPTH_MAX - 1 :] == ["a", "a1", "a11", "a2"]


def test_results_stand_beside_the_question_as_marks(draw: Draw) -> None:
    root = parsed(
        draw("tree", tree([Node("first", marks=(Mark("supported", "#trial"),), note="answered")]))
    )
    assert [link.get("href") for link in root.iter("a")] == ["#trial"]
