"""Writes sources on both sides of the limits of check_sizes.py into a folder."""
import os
import sys


def write(name, text):
    with open(os.path.join(sys.argv[1], name), "w") as file:
        file.write(text)


def function(head, lines):
    """A function of `lines` lines whose body is rich in misleading braces."""
    body = ['  use("}");', "  use('}'); // }", "  /* } */ if (x) {", "  }", "#define X }"]
    body += ["  x();"] * (lines - 2 - len(body))
    return "\n".join([head + " {"] + body + ["}", ""])


write("large-file.td", "// line\n" * 800)
write("large-function.cpp", "namespace a {\nstruct S { int x = 1; };\n\n"
      + function("void Large::run(int x) const", 80) + "}\n")
write("large.py", "def large():\n" + "    x = 1\n" * 79)
write("small.cpp", "namespace a {\nclass S {\n" + function("template <class T> S()", 79) * 9
      + "};\n}\n")
