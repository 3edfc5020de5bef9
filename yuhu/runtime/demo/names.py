"""Plausible Chinese names and phones, the same ones for the same seed. Nobody of these exists."""

import random

# Frequent family names, weighted roughly as in the south of Hunan.
_FAMILY = (
    "李王张刘陈杨周黄吴赵罗谭彭曾肖唐胡邓谢何郭许曹冯蒋龙欧贺"
    "易袁成文向段宋方石廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟"
)
_WOMEN = "芳娜敏静丽娟艳霞玲桂英华慧巧美珍贞莉兰凤洁梅琳素云莲真环雪荣爱妹香月莺媛瑞凡佳嘉琼勤"
_MEN = (
    "伟刚勇毅俊峰强军平保东文辉力明永健世广志义兴良海山仁波宁贵福生龙元全国胜学祥才发武新利清飞彬富顺信子杰涛"
)
_SECOND = "建志文春国小晓海玉金红明永立新成德长少云子家思雅梓宇佳"


class Names:
    """A stream of names without immediate repeats."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._seen: set[str] = set()

    def next(self) -> str:
        """A name that was not given before (three characters mostly)."""
        name = ""
        for _attempt in range(200):
            given = self._random.choice(self._random.choice((_WOMEN, _MEN)))
            middle = self._random.choice(_SECOND) if self._random.random() < 0.85 else ""
            name = self._random.choice(_FAMILY) + middle + given
            if name not in self._seen and middle != given:
                self._seen.add(name)
                return name
        # Names run out after some ten thousand: two people may share one, as in life.
        return name

    def phone(self) -> str:
        """A mobile number with a prefix that was never given out to people (reserved for examples)."""
        return f"1380000{self._random.randrange(10_000):04d}"
