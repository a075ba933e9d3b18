from tests.company import *
def test_probe(published):
    print(published.git_ok("status"))
    print(published.ok("", "list").out, published.ok("", "show", "FJ202305001").out)
    print(published.ok("", "history", "FJ202305001").out)
