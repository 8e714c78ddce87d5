"""Chinese, Japanese, Korean, Thai and other scripts without spaces between words, cut into overlapping pieces.

Pieces of two characters (three in Thai) find words without a dictionary. Words that every question contains separate
them, as in "how many", "where", "is it".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KANA = "\u3041-\u3096\u30a1-\u30ff\u31f0-\u31ff"
_HANGUL = "\uac00-\ud7a3"
_LONG = "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
RUN = re.compile(f"[{_HAN}{_KANA}]+|[{_HANGUL}]+|[{_LONG}]+")

_IS_HAN = re.compile(f"[{_HAN}]")
_IS_HANGUL = re.compile(f"[{_HANGUL}]")
_IS_LONG = re.compile(f"[{_LONG}]")
_KOREAN_ENDING = re.compile("(?<=..)(?:에서|에게|으로|부터|까지|은|는|이|가|을|를|의|에|도|로|와|과|만)$")
_CHINESE = """为什么 为何 什么 什麼 怎么样 怎么 怎麼 怎样 如何 哪里 哪裡 哪儿 哪个 哪些 哪 谁 誰 何时 何地 多少
    多久 多远 多大 多长 多高 几 是否 是不是 有没有 能不能 可以 可不可以 请问 需要 应该 这个 那个 我们
    你们 他们 一个 的 了 吗 嗎 呢 吧 啊 在 是 和 与 及 我 你 他 她 它 也 都 就 还 把 被 有 要 会 能 对 从
    到""".split()
_JAPANESE = """どうですか どうして どうやって どこ どう どの どれ どちら いつまで いつ いくつ いくら なぜ なに なん
    だれ 何ですか 何時 何日 何人 何回 何 誰 ですか ますか ました ません ください しました します する
    した して です ます でした から まで より について という こと もの ため これ それ あれ この その
    あの の は が を に へ と で も や か ね よ さ""".split()
_KOREAN = """무엇 무슨 어디 어느 어떤 어떻게 언제 누구 누가 얼마나 얼마 몇 왜 인가요 있나요 하나요 되나요 합니까
    입니까 습니까 입니다 합니다 됩니다 있습니다 해야 하는 나요 까요""".split()
_THAI = """อะไร ที่ไหน เท่าไหร่ เท่าไร อย่างไร ยังไง เมื่อไหร่ เมื่อไร ทำไม ใคร หรือไม่ หรือเปล่า เป็น และ ครับ""".split()
STOP_PHRASES = (*_CHINESE, *_JAPANESE, *_KOREAN, *_THAI)


class Pieces:
    """Cuts runs at stop phrases, which are given as the text is folded."""

    def __init__(self, stop_phrases: tuple[str, ...]) -> None:
        longest_first = sorted(set(stop_phrases) - {""}, key=len, reverse=True)
        self._stop = re.compile("|".join(map(re.escape, longest_first)))

    def indexed(self, run: str) -> Iterator[str]:
        """The pieces of a document: also single Chinese characters, for questions that contain one alone."""
        for part in self._parts(run):
            yield from _pieces(part)
            if len(part) > 1:
                yield from _IS_HAN.findall(part)

    def asked(self, run: str) -> Iterator[str]:
        for part in self._parts(run):
            yield from _pieces(part)

    def _parts(self, run: str) -> list[str]:
        if _IS_HANGUL.match(run):
            run = _KOREAN_ENDING.sub("", run)
        return [part for part in self._stop.split(run) if part]


def _pieces(part: str) -> Iterator[str]:
    size = 3 if _IS_LONG.match(part) else 2
    for start in range(max(1, len(part) - size + 1)):
        yield part[start : start + size]
