"""What reads forms for the tests beside this one refuses whatever it does not know."""

from __future__ import annotations

import pytest

from tests.platform.forms.posting import posted_from

INPUT = '<label for="f-a">A</label><input type="text" id="f-a" name="a" autocomplete="off" value="{}">'


@pytest.mark.parametrize(
    "html",
    [
        "<p>a", "a</p>", "<p><ul></p></ul>", "<p>a < b</p>", "<p>a > b</p>", '<p>a " b</p>', "<!-- a -->",
        "<!doctype html>", "<?php a ?>", "<script>a</script>", "<img>", '<p onclick="a">b</p>',
        '<p id="a" id="b">c</p>',
        "<p id='a'>b</p>", "<p id=a>b</p>", '<p id="a"onclick="b">c</p>', '<p id="a" >b</p >', "<P>a</P>", "<p/>",
        '<p id="a">b</p><p id="a">c</p>', '<p aria-describedby="nowhere">a</p>', '<a href="//elsewhere">a</a>',
        '<a href="#nowhere">a</a>', '<input type="text" id="f-a" name="a" autocomplete="off" value="">',
        '<input type="button" name="a" value="b">', INPUT.replace('autocomplete="off" ', "").format(""),
        '<select id="f-a" name="a"></select>', '<textarea id="f-a" name="a"></textarea>', "<option>a</option>",
        '<option value="a" onclick="b">c</option>', '<option value="a"><b>c</b></option>',
    ],
)  # fmt: skip
def test_what_no_form_has_is_refused(html: str) -> None:
    with pytest.raises(AssertionError):
        posted_from(html)


def test_fields_are_those_that_a_browser_posts() -> None:
    page = f"""<form method="post">{INPUT.format("&lt;b&gt; &amp;amp; &#34;&#13;")}
<label for="f-b">B</label><select id="f-b" name="b">
<option value="">-</option>
<option value="1&amp;2" selected>one</option>
</select>
<label for="f-c">C</label><textarea id="f-c" name="c" rows="4">

d &lt;
e</textarea>
<input type="checkbox" name="f" value="1" autocomplete="off"><input type="checkbox" name="f" value="2" checked \
autocomplete="off"><input type="hidden" name="g" value="&#39;"></form>"""
    assert posted_from(page) == {
        "a": ['<b> &amp; "'], "b": ["1&2"], "c": ["\r\nd <\r\ne"], "f": ["2"], "g": ["'"],
    }  # fmt: skip
