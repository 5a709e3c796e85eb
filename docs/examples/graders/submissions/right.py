"""What a student hands in who has all of it right."""

conv_params = 256
table = [
    ((41, 64), 256),
    ((20, 64), 0),
    (1280, 0),
    (128, "163,968"),
    (128, 0),
    (5, 645),
]
