"""What a student hands in who leaves out a bias, rounds up, goes on with that, and exchanges two digits."""

conv_params = 192
table = [
    ((41, 64), 256),
    ((21, 64), 0),
    (1344, 0),
    (128, "172,160"),
    (128, 0),
    (5, 654),
]
