"""Passwords that everybody thinks of first, in lower case; the public lists of leaked ones agree on them."""

from __future__ import annotations

from typing import Final

# Words that stay bad whatever digits and marks stand around them: password1, Taiwan2026!, ilove.you
_TEXT: Final = """
1314520 1q2w3e4r 1q2w3e4r5t 1qaz 1qaz2wsx 2wsx 5201314 520520 aaaa abc abcd abcdef abcdefg abcdefgh
admin administrator android apple asdf asdfgh asdfghjkl autumn baseball basketball batman changeme
charlie computer default doraemon dragon facebook family father february flower football formosa
freedom friday google guest health hello hellokitty helloworld iloveyou instagram internet iphone
january jennifer ji32k7au4a83 ji3g4 jianbao jiankang jordan kaohsiung letmein linux login lovely
loveyou master michael microsoft mima monday monkey mother nhi nhicard p@ssw0rd p@ssword pa55w0rd
pa55word passw0rd password pikachu pokemon princess q1w2e3r4 q1w2e3r4t5 qazwsx qazwsxedc qwert
qwerty qwertyuiop root samsung secret shadow spring starwars summer sunshine superman taipei taiwan
test testtest trustno1 user welcome whatever windows winter woaini woaini1314 youtube zxcv zxcvbn
zxcvbnm 健保 健保卡 台灣 密碼 我愛你 臺灣
"""
WORDS: Final = frozenset(_TEXT.split())
# Rows of the keyboard, the alphabet and the digits, there and back: any run of them is no password.
RUNS: Final = (
    "01234567890123456789", "98765432109876543210",
    "abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba",
    "qwertyuiop", "poiuytrewq", "asdfghjkl;", "zxcvbnm,./", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "qazwsxedcrfvtgbyhnujmikolp", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0",
)  # fmt: skip
