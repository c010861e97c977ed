"""The slopes that check-objective compares gradients with: src/cli/difference.c by itself, in a program of its own."""

import os
import subprocess
import unittest

from native import COMPILER, INCLUDE, ROOT
from support import CommandTest

# Prints for each function: whether a slope agrees, and the slope that was found.
PROGRAM = r"""
#include <math.h>
#include <stdio.h>

#include "cli/difference.h"

typedef double function(double x);

typedef struct place {
    function *f;
    double at;
} place;

static double stepped(void *context, double step, double *taken)
{
    const place *p = context;
    *taken = step;
    return p->f(p->at + step);
}

static double steep(double x)
{
    return exp(3 * x);
}

static double rounded(double x)
{
    return (double)(float)sin(x);
}

static void print(function *f, double at, double slope)
{
    place p = {f, at};
    double error, expected;
    const bool agrees = slope_agrees(stepped, &p, 0.1, 0, 1, slope, &error, &expected);
    printf("%d %.17g\n", agrees, expected);
}

int main(void)
{
    print(sin, 0.5, cos(0.5));
    print(steep, 0.2, 3 * exp(0.6));
    print(atan, 1, 0.5);
    print(rounded, 0.5, cos(0.5));
    print(sin, 0.5, cos(0.5) + 0.01);
    return 0;
}
"""


class Difference(CommandTest):
    def test_slopes(self):
        self.write("main.c", PROGRAM.encode())
        subprocess.run([*COMPILER, "-w", "-D_GNU_SOURCE", "-I", INCLUDE, "-I", os.path.join(ROOT, "src"),
                        self.path("main.c"), os.path.join(ROOT, "src", "cli", "difference.c"), "-lm", "-o",
                        self.path("main")], check=True)
        lines = subprocess.run([self.path("main")], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
        agrees, slopes = zip(*((int(line.split()[0]), float(line.split()[1])) for line in lines))
        sine, steep = 0.87758256189037271, 3 * 1.8221188003905089
        self.assertEqual(agrees, (1, 1, 1, 1, 0))
        # Extrapolated: far better than the central difference with any of the steps, which is off by step^2 / 6.
        for slope, wanted, room in zip(slopes, (sine, steep, 0.5, sine), (1e-11, 1e-10, 1e-11, 1e-5)):
            self.assertLess(abs(slope / wanted - 1), room)


if __name__ == "__main__":
    unittest.main()
