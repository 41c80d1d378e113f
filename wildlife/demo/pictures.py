"""Pictures for the demo: drawn on the spot, the same every time, in place of phone photos."""

import cmath
import io
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

RING = [cmath.rect(1, k / 4) for k in range(25)]
# Figures for Pen.sketch, most of them in tens of pixels, the head, the neck and the wing in pixels.
HEAD = """curve #665 44,6 110,7 176,8 182,15 110,22 50,28; curve:4 #6e665c 40,-26 110,-15 172,-15
    197,-4 203,18 196,34 188,16 172,6 110,6 50,8 | #211 40,-36 190,-28 190,-8 60,-14; curve:8
    #42342b -66,4 -48,-36 0,-53 42,-38 70,-16 62,12 36,36 -6,46 -50,44 | #654 -30,-46 30,-44 20,-26
    -30,-24 | #d8ccb8 -40,40 0,28 30,40 -10,60; curve:6 #fb3 78,-8 62,4 84,14 112,22 70,34 36,48
    -8,50 2,30 24,12 20,0 44,-8 | #c82 20,44 100,24 60,46; flat #752 30,7 178,8 178,10 30,11; disc
    #111 26,-16 12,12; disc #487 26,-16 9,9; disc #111 26,-16 5,5; disc #fff 29,-20 3,3"""
SITTING = """curve #0003 -33,40 0,36 19,38 14,42 -20,44; flat #211 -21,25 -15,29 -20,36 -39,41
    -41,37; flat #322 -21,21 -14,25 -31,46 -34,44; curve:2 #42342b 5.6,-39 3.6,-30 4,-21 5,-13 1,-7
    -9,1 -18,14 -24,27 -13,37 4,39 16,33 21.5,19 21,4 17.8,-6 12,-18 10.2,-28 13.4,-35 | #261e1a
    0,-35 5,-35 4,-29 6,-20 8,-10 2,0 -6,-6 0,-20 | #987 10,-35 16,-35 15,-18 24,0 20,9 15,0 8,-19
    8,-29 | #d8ccb8 16,2 25,4 24,22 15,38 -2,40 4,25 11,10; flat #fff4 4.6,-33 3.9,-27 5,-19
    3.3,-27; flat #fff3 11,-20 14,-12 17,-4 13,-12; disc #eff 32,-29 .4,.9"""
NECK = """curve:14 #42342b -62,-14 -80,90 -66,190 -90,300 -150,400 110,400 60,300 40,190 10,110
    30,40 | #a08a70 20,40 60,40 30,110 60,190 120,400 20,400 10,200 -15,100 | #261e1a -90,-10
    -50,-10 -66,90 -44,200 -90,330 -190,400 -120,90"""
OPEN_CARTON = """flat:3 #753 -35,0 -28,-12 28,-12 35,0 | #321 -30,-6 34,-6 33,6 -33,6; flat:2
    #b38856 -28,-12 28,-12 33,-23 -33,-23 | #d9b27e 6,-13 28,-13 30,-24 10,-24; flat #94703f -35,0
    -28,-12 -45,-6 -53,7; flat #dcb681 35,0 28,-12 45,-6 53,7"""
CARTON_FRONT = """flat:2 #b98d5a -35,0 35,0 32,47 -32,47 | #d8b07c -20,10 30,6 25,30 -15,30 | #753
    -42,42 38,45 33,56 -33,56; flat #0003 -34,11 34,11 34,15 -34,15; flat:2 #cfa572 -35,0 35,0 37,12
    -37,12 | #ec9 4,0 35,-1 36,11 10,11; flat #feb9 -4,12 4,12 4,47 -4,47; flat #eda -35,-.3 35,-.3
    35,.3 -35,.3; disc #321 -19,30 2.6,2; disc #321 19,30 2.6,2"""
ROOM = """flat #579 0,56 160,56 160,86 0,86; flat #eed 7,4 56,4 56,48 7,48; flat #123 10,7 30,7
    30,45 10,45; flat #124 33,7 53,7 53,45 33,45; disc #cb8 125,32 30,22; disc #fd9 125,32 20,15"""
DESK = """flat:6 #753 0,83 160,83 160,120 0,120 | #c96 30,86 140,84 150,100 20,102; curve #1006
    30,108 50,114 100,115 115,110 90,105 40,105; disc #223 139,96 12,3; flat #334 138,96 149,60
    139,25 140,25 151,60 140,96; disc #fec 126,30 8,6; curve:1 #265 140,12 144,19 136,33 133,38
    118,27 120,23 133,15 | #6a9 134,15 138,19 124,26 122,24; disc #1006 20,106 17,4; flat #112 10,98
    30,98 30,104 20,106 10,104; curve #001 10,103 20,105 30,103 32,106 20,110 8,106; curve:1 #124
    4,95 8,89 20,86 32,89 36,95 30,99.6 10,99.6 | #458 14,88 29,88 26,92; curve #ccd 10,103 20,105
    30,103 30,104 20,106 10,104; disc #db5 20,94 2,3; disc #b32 20,94 1,1"""
LAKE = """disc #fff 33,15 19,4; disc #fff 47,19 22,4; disc #fff 125,10 24,4; curve #9bc -10,56 15,33
    38,41 64,29 90,40 118,30 142,38 170,30 170,60; curve #698 -10,56 6,42 30,45 56,40 76,47 100,44
    130,39 170,43 170,60 80,60; curve #475 -10,58 -5,47 20,49 42,52 60,60; flat:5 #48b 0,53 160,53
    160,120 0,120 | #599 -10,50 170,50 170,56 -10,56 | #159 -20,90 180,86 180,130 -20,130"""
TRUNK = """flat:2 #ddd -4,-190 4,-190 5,0 -5,0 | #777 2,-190 9,-190 9,0 2,0 | #564 -9,-3 9,-3 0,9"""
SHORE = """curve:2 #876 -20,96 20,99 56,107 90,130 -20,130 | #ba8 0,99 50,108 30,110"""
FLYING = """curve #111 -15,7 -14,9 -24,14 -33,17 -33,11 -25,12; curve #111 -11,8 -10,10 -22,16
    -30,20 -30,15 -22,14; curve:1.2 #42342b -25,6 -10,-2.4 6,-6 17,-7 27,-12 33,-14 34,-8 28,-6 20,2
    10,7.6 -6,10 -21,10 | #d8ccb8 16,0 23,0 11,10 -6,13 -16,11 6,5 | #987 23,-6 34,-10 34,-6 20,3"""
FEATHER = """curve ~705c4a 0,-5 40,-15 80,-17 100,-5 100,5 80,17 40,15 0,5; curve ~42342b 0,-4
    40,-12 75,-13 95,-2 95,2 75,13 40,12 0,4; flat #211 0,-2 95,0 0,2"""
SHOULDER = """curve:8 #42342b -20,30 40,-140 90,-300 140,-350 80,20 | #654 90,-280 140,-300 90,-9"""
TIER = """flat ~2c4834 0,-18 24,4 20,6 16,2 12,4 8,0 4,3 0,0 -4,3 -8,0 -12,4 -16,2 -20,6 -24,4; flat
    ~3a5a40 0,-16 -4,3 -24,4"""
TUFT = """flat ~50623a 0,4 -8,-40 -22,-70 -3,-42; flat ~586c3e 6,0 4,-55 14,-99 10,-52; flat ~465834
    -10,-3 -20,-35 -40,-58 -15,-38; flat ~50623a 15,2 20,-44 40,-76 27,-44"""
VALLEY = """curve #abc -10,56 20,30 50,40 80,26 110,38 140,28 170,42 170,62 -10,62; curve #798
    -10,62 20,44 60,54 84,51 100,54 140,44 170,62"""
BRANCHES = """curve #654 98,93 108,98 118,99 106,100; curve #543 58,94 80,91 100,93 122,90 100,95
    80,93; curve #654 82,92 94,85 106,83 94,87; curve #543 76,92 68,86 62,84 68,88"""
ROAD = """flat:1.4 #987 83,57 88,57 96,65 119,86 160,116 160,120 6,120 52,86 76,65 | #ba9 84,57
    85,57 80,80 50,125 30,125 74,70 | #ba9 86,57 88,57 105,80 140,125 120,125 98,80"""
SIGN = """flat #ccd -.8,6 .8,6 .8,30 -.8,30; flat #fc2 0,-13 13,9 -13,9; flat #111 0,-10 10.6,7.8
    -10.6,7.8; flat #fc2 0,-8 9,7 -9,7; flat #111 -6,6 -6,3 -3,-1 -2,2 0,4 1,6; disc #111 .8,-1
    1.3,1.1; disc #111 2.8,2.4 1.6,1.3; disc #111 5.2,5.2 1.2,1"""


def _curve(knots: list[complex]) -> list[complex]:
    """A closed smooth (Catmull-Rom) line through the knots."""
    ring = [knots[-1], *knots, *knots[:2]]
    return [
        b + ((c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3) / 2
        for a, b, c, d in zip(ring, ring[1:], ring[2:], ring[3:], strict=False)
        for t in (0, 0.2, 0.4, 0.6, 0.8)
    ]


class Pen:
    """Draws in the coordinates of the finished photo, or of a figure placed inside it."""

    def __init__(self, image: Image.Image, rng: random.Random, turn: complex, origin: complex = 0):
        self.image, self.rng, self.turn, self.origin = image, rng, turn, origin

    def placed(self, at: complex, scale: float, degrees: float = 0) -> "Pen":
        turn = self.turn * cmath.rect(scale, degrees * cmath.pi / 180)
        return Pen(self.image, self.rng, turn, self.origin + self.turn * at)

    def sketch(self, text: str) -> None:
        """Draw "kind colour x,y x,y ...; ...", the kind flat, curve or disc (centre and radii).

        A ~ before a colour varies it. After "kind:9" come shades, "| colour x,y ...", that soft.
        """
        for shape in text.split(";"):
            outer, *shades = shape.split("|")
            kind, colour, *words = outer.split()
            if colour.startswith("~"):
                shift, parts = self.rng.randint(-16, 16), bytes.fromhex(colour[1:])
                colour = "#" + bytes(max(0, min(255, part + shift)) for part in parts).hex()
            knots = [complex(*map(float, word.split(","))) for word in words]
            if kind == "disc":
                at, size = knots
                knots = [at + complex(size.real * z.real, size.imag * z.imag) for z in RING]
            elif kind.startswith("curve"):
                knots = _curve(knots)
            edge = [self.origin + self.turn * knot for knot in knots]
            draw = ImageDraw.Draw(self.image, "RGBA" if len(colour) in {5, 9} else "RGB")
            draw.polygon([(z.real, z.imag) for z in edge], fill=colour)
            if shades:
                self._model(edge, colour, shades, float(kind.partition(":")[2]))

    def _model(self, edge: list[complex], base: str, shades: list[str], soft: float) -> None:
        across, down = [z.real for z in edge], [z.imag for z in edge]
        left, top, right, bottom = (int(end(axis)) for end in (min, max) for axis in (across, down))
        mask = Image.new("1", (right - left + 1, bottom - top + 1))
        ImageDraw.Draw(mask).polygon([(z.real - left, z.imag - top) for z in edge], fill=1)
        small = Image.new("RGB", (mask.width // 8 + 1, mask.height // 8 + 1), base)
        inner = Pen(small, self.rng, self.turn / 8, (self.origin - complex(left, top)) / 8)
        inner.sketch("curve" + ";curve".join(shades))
        small = small.filter(ImageFilter.GaussianBlur(soft * abs(self.turn) / 8))
        self.image.paste(small.resize(mask.size, Image.Resampling.BILINEAR), (left, top), mask)

    def scatter(self, text: str, count: int, corner: complex, area: complex) -> None:
        """Sketch the text all over an area, in random sizes, the lower ones in front."""
        for down in sorted(self.rng.random() for _ in range(count)):
            aside = complex(area.real * self.rng.random(), area.imag * down)
            self.placed(corner + aside, self.rng.uniform(0.2, 1)).sketch(text)

    def feathers(self, start: complex, end: complex, size: float, *turns: float) -> None:
        """Pale-edged feathers from start to end, each pointing along its turn (in degrees)."""
        for step, turn in enumerate(turns):
            at = start + (end - start) * step / (len(turns) - 1)
            self.placed(at, size / 100, turn + self.rng.gauss(0, 2)).sketch(FEATHER)

    def wing(self) -> None:
        """A raised wing, 660 long, its shoulder at the origin and its leading edge to the right."""
        self.feathers(100 - 260j, 130 - 330j, 330, *range(-180, -75, 12))
        self.feathers(-60 - 10j, 90 - 250j, 240, *range(-195, -170, 3))
        self.feathers(-10 - 10j, 110 - 270j, 130, *range(-200, -160, 5))
        self.sketch(SHOULDER)

    def rock(self, at: complex, size: float) -> None:
        corners = [cmath.rect(self.rng.uniform(80, 112), k * 0.7) for k in range(9)]
        a, b, c, d, e, f, g, h, i = (f"{z.real:.0f},{z.imag * 0.75:.0f}" for z in corners)
        self.placed(at, size / 100, self.rng.uniform(-10, 10)).sketch(
            f"disc #1116 12,62 125,32; flat:6 ~888278 {a} {b} {c} {d} {e} {f} {g} {h} {i}"
            f"| #d0cabc {f} {g} {h} 10,-20 | #555 {a} {c} {e} 0,30;"
            f"flat #fff2 {f} {g} {h} 0,-14 -30,-4; flat #0003 {a} {b} 20,10 0,-14"
        )

    def spruce(self, foot: complex, tall: float, degrees: float = 0) -> None:
        tree = self.placed(foot, tall / 100, degrees)
        tree.sketch("flat #343 -2,2 2,2 0,-95")
        for size in (0.89**tier for tier in range(20)):
            tree.placed(92j * size - 98j, size, self.rng.gauss(0, 3)).sketch(TIER)

    def photo(self, middle: int, corners: int) -> bytes:
        """Light the drawing (128 leaves it as it is), add the camera's grain, and encode it."""
        image, file = self.image.reduce(2), io.BytesIO()
        levels = [middle + (corners - middle) * v * v // 65025 for v in range(256)]
        light = Image.radial_gradient("L").point(levels).resize(image.size)
        grain = Image.frombytes("L", image.size, self.rng.randbytes(image.width * image.height))
        light = Image.merge("RGB", [Image.blend(light, grain, 0.12)] * 3)
        ImageChops.soft_light(image, light).save(file, "JPEG", quality=85)
        return file.getvalue()


def _canvas(sky: str, far: str, blur: float, wide: int = 1600, tall: int = 1200) -> Pen:
    """A gradient (from top to bottom) and what is out of focus, at twice the photo's size."""
    strip, rng = bytes.fromhex(sky), random.Random(2)
    image = Image.frombytes("RGB", (1, len(strip) // 3), strip).resize((wide // 4, tall // 4))
    Pen(image, rng, 2.5).sketch(far)
    image = image.filter(ImageFilter.GaussianBlur(blur)).resize((wide, tall))
    return Pen(image.resize((wide * 2, tall * 2), Image.Resampling.NEAREST), rng, 2)


def cormorant_in_the_rain() -> bytes:
    """A young cormorant sits soaked in the grass of a birch wood."""
    far = ";".join(f"flat #ccd2d0 {x},0 {x + 2},0 {x + 1},99 {x},99" for x in range(4, 120, 9))
    pen = _canvas("bec6ca a4b0ae 62705e 48543c", far, 3, 1200, 1600)
    for x, base, wide in ((120, 1230, 130), (1010, 1160, 110), (760, 1050, 64), (360, 1020, 56)):
        trunk = pen.placed(complex(x, base), wide / 10)
        trunk.sketch(TRUNK)
        trunk.scatter("curve #444 -2.6,0 0,-.3 2.6,0 0,.7", 34, -2.4 - 6j, 4.8 - 10j * base / wide)
    pen.scatter(TUFT, 300, 1000j, 1200 + 330j)
    bird = pen.placed(590 + 950j, 11)
    bird.sketch(SITTING)
    bird.placed(11.8 - 37.4j, 0.1, 4).sketch(HEAD)
    for row in range(7, -1, -1):
        start = complex(2 - 2.7 * row, -7 + 3.6 * row)
        bird.feathers(start, start + 9 + 8j, 10 + 1.4 * row, 138, 136, 133, 130, 128)
    pen.placed(1400j, 1.8).scatter(TUFT, 190, 0, 670 + 170j)
    pen.scatter("flat #eff8 0,0 -18,120 -15,120", 600, -100j, 1300 + 1700j)
    return pen.photo(136, 60)


def cormorant_in_a_carton() -> bytes:
    """The bird looks out of a cardboard box, under the lamp of the police station."""
    pen = _canvas("786c58 b09c78 967c58", ROOM, 5)
    pen.placed(0, 10).sketch(DESK)
    pen.placed(700 + 660j, 10).sketch(OPEN_CARTON)
    pen.placed(690 + 330j, 1.25, -4).sketch(f"{NECK};{HEAD}")
    pen.placed(700 + 660j, 10).sketch(CARTON_FRONT)
    return pen.photo(150, 20)


def cormorant_released() -> bytes:
    """The bird spreads its wings and leaves the shore of a blue reservoir."""
    pen = _canvas("4692e2 96c8f0 e2f0f6", LAKE, 2)
    ripples = "curve #fff4 -20,0 0,-1 20,0 0,1; curve #0474 0,9 20,8 40,9 20,10"
    for near in range(4, 26):
        strip = pen.placed(510j + 1.2j * near**2, near / 4)
        strip.scatter(ripples, 12, 0, 6400 / near + 12j)
    pen.placed(0, 10).sketch(SHORE)
    pen.scatter("disc #665 3,4 16,11; disc #bba 0,0 14,9", 70, 1020j, 620 + 170j)
    pen.placed(210 + 960j, 4).sketch(f"{OPEN_CARTON};{CARTON_FRONT}")
    pen.scatter(TUFT, 90, 1120j, 460 + 120j)
    bird = pen.placed(840 + 640j, 0.78, -8)
    bird.placed(110 - 40j, 0.92, 38).wing()
    bird.feathers(-220 + 60j, -215 + 90j, 190, 164, 170, 176, 182)
    bird.placed(0, 10).sketch(FLYING)
    bird.placed(352 - 112j, 0.68).sketch(HEAD)
    bird.placed(30 - 20j, 1.1, -16).wing()
    pen.scatter("disc #fffc 0,0 6,6", 50, 520 + 770j, 160 + 80j)
    return pen.photo(140, 110)


def _forest_road() -> Pen:
    pen = _canvas("c4d4de dee4e2 8c9a70 6c7a4a 56643a", VALLEY, 2)
    for step in range(40):
        depth = step // 2 / 19
        aside = (80 + 700 * depth**1.5 + pen.rng.uniform(0, 240)) * (-1) ** step
        pen.spruce(complex(850 + aside, 600 + 300 * depth**1.6), 200 + 620 * depth**1.3)
    pen.placed(0, 10).sketch(ROAD)
    for y in range(600, 1200, 20):
        pen.placed(850 + y * 1j, (y - 555) / 70).scatter("disc ~7a7062 0,0 2,1", 12, -80, 160 + 9j)
    pen.scatter(TUFT, 90, 880j, 340 + 320j)
    pen.scatter(TUFT, 60, 1400 + 940j, 200 + 280j)
    return pen


def road_blocked() -> bytes:
    """Rocks and a fallen tree lie across a forest road."""
    pen = _forest_road()
    pen.spruce(1330 + 810j, 850, -83)
    for y in range(740, 980, 13):
        pen.rock(complex(450 + y * 47 % 780, y), pen.rng.uniform(0.03, 0.1) * y)
    pen.placed(0, 10).sketch(BRANCHES)
    return pen.photo(134, 90)


def road_cleared() -> bytes:
    """The same road, the rocks piled at its verge and a warning sign put up."""
    pen = _forest_road()
    pen.placed(1215 + 620j, 9.5).sketch(SIGN)
    for row in range(3):
        for x in range(1352 - 54 * row, 1464 + 54 * row, 106):
            pen.rock(complex(x, 800 + 55 * row), pen.rng.uniform(62, 84))
    return pen.photo(134, 90)
