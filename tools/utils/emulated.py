"""Targets that compiled models run on in emulators, and how: one row for each."""
import dataclasses
import os
import re
import shutil

import numpy as np

import execution

KIT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "test", "Emulator")
CLANG = os.environ.get("CLANG") or shutil.which("clang-22") or "clang"
LINKER = shutil.which("ld.lld-22") or "ld.lld"
# The processor of the build: the plugin is loaded into its programs.
HOST_FLAGS = ["-shared", "-fPIC", "-O2"]


@dataclasses.dataclass
class Row:
    """A target, and the emulator that runs its programs."""

    name: str
    triple: str
    cpu: str
    emulator: tuple  # empty: this machine
    package: str = ""
    clang: tuple = ()
    board: tuple = ()  # addresses of code and RAM, bytes of RAM
    features: str = ""
    integers: bool = False  # code without floats has no instruction on them
    portable: tuple = ()  # how clang translates the model's C; empty: machine code
    needs: tuple = ()  # features of this machine, as the kernel names them

    def is_installed(self):
        return not self.emulator or shutil.which(self.emulator[0]) is not None

    def missing(self):
        """The features that this machine lacks."""
        if not self.needs:
            return []
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            has = file.read().split()
        return [name for name in self.needs if name not in has]


def _board(name, triple, cpu, machine, emulated=None, code=0x0, ram=0x20000000, size=0x400000,
           options=(), integers=False, portable=()):
    return Row(name, triple, cpu,
               ("qemu-system-arm", "-M", machine, "-cpu", emulated or cpu, *options, "-nographic",
                "-monitor", "none", "-serial", "none", "-chardev", "stdio,id=sh",
                "-semihosting-config", "enable=on,target=native,chardev=sh", "-kernel"),
               "qemu-system-arm", (f"-mcpu={cpu}",), (code, ram, size), integers=integers,
               portable=portable)


def _user(name, triple, cpu, program, emulated, clang=(), features=""):
    return Row(name, triple, cpu, (program, "-cpu", emulated), "qemu-user", tuple(clang),
               features=features)


STRICT_C = ("-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror")
# What C leaves undefined ends the program.
CHECKED = ("-fsanitize=undefined", "-fsanitize-trap=all")
_AVX512 = ("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl")
_RISCV64 = ("-march=rv64gc", "-mabi=lp64d")
ROWS = (
    Row("x86-64", "x86_64-linux-gnu", "x86-64", ()),
    Row("x86-64-v3", "x86_64-linux-gnu", "x86-64-v3", (), needs=("avx2", "fma")),
    Row("x86-64-v4", "x86_64-linux-gnu", "x86-64-v4", (), needs=_AVX512),
    Row("avx512vnni", "x86_64-linux-gnu", "avx512vnni", (),
        needs=(*_AVX512, "avx512_vnni", "avx512vbmi")),
    _user("aarch64", "aarch64-linux-gnu", "aarch64", "qemu-aarch64", "cortex-a53"),
    _user("aarch64-dotprod", "aarch64-linux-gnu", "aarch64-dotprod", "qemu-aarch64",
          "neoverse-n1"),
    _user("aarch64-i8mm", "aarch64-linux-gnu", "aarch64-i8mm", "qemu-aarch64", "max,sve=off"),
    _user("rv64gc", "riscv64-linux-gnu", "rv64gc", "qemu-riscv64", "rv64,v=false", _RISCV64),
    *(_user(f"rv64gcv-{bits}", "riscv64-linux-gnu", "rv64gcv", "qemu-riscv64",
            f"rv64,v=true,vlen={bits},elen=64,vext_spec=v1.0", _RISCV64)
      for bits in (128, 256, 512)),
    _user("rv32imac", "riscv32-linux-gnu", "rv32imac", "qemu-riscv32", "rv32,f=false,d=false",
          ("-march=rv32imac", "-mabi=ilp32")),
    _user("rv32im", "riscv32-linux-gnu", "rv32im", "qemu-riscv32",
          "rv32,f=false,d=false,c=false,a=false", ("-march=rv32im", "-mabi=ilp32")),
    # The board has 16 KiB of RAM, the emulator as much as it is told.
    _board("cortex-m0", "thumbv6m-none-eabi", "cortex-m0", "microbit",
           integers=True,
           options=("-global", "nrf51-soc.sram-size=0x400000",
                    "-global", "nrf51-soc.flash-size=0x400000")),
    _board("cortex-m3", "thumbv7m-none-eabi", "cortex-m3", "mps2-an385", integers=True),
    _board("cortex-m4", "thumbv7em-none-eabihf", "cortex-m4", "mps2-an386", integers=True),
    _board("cortex-m7", "thumbv7em-none-eabihf", "cortex-m7", "mps2-an500", integers=True),
    _board("cortex-m33", "thumbv8m.main-none-eabihf", "cortex-m33", "mps2-an505",
           code=0x10000000, ram=0x38000000, size=0x200000, integers=True),
    _board("cortex-m55", "thumbv8.1m.main-none-eabihf", "cortex-m55", "mps3-an547",
           ram=0x21000000),
    _board("cortex-m85", "thumbv8.1m.main-none-eabihf", "cortex-m85", "mps3-an547", "cortex-m55",
           ram=0x21000000),
    # The model as C: for this machine with every operation checked, and as it is used.
    Row("c", "x86_64-linux-gnu", "x86-64", (), portable=("-O1", *CHECKED)),
    _board("c-cortex-m4", "thumbv7em-none-eabihf", "cortex-m4", "mps2-an386", portable=("-O2",)),
)


def find_rows(names):
    """The rows with these names, or all; fails when an emulator is missing.

    Rows of this machine's levels that it lacks are left out, with a message.
    """
    rows = [row for row in ROWS if not names or row.name in names]
    unknown = set(names or ()) - {row.name for row in rows}
    if unknown:
        raise execution.Failure(f"unknown targets: {', '.join(sorted(unknown))}")
    for row in rows:
        if not row.is_installed():
            raise execution.Failure(f"'{row.emulator[0]}' was not found; install {row.package}")
        if row.missing():
            print(f"{row.name} is left out: this machine lacks {', '.join(row.missing())}")
    return [row for row in rows if not row.missing()]


def build_plugin(folder):
    """The counting plugin as a shared library."""
    library = os.path.join(folder, "libcount.so")
    execution.run(CLANG, *HOST_FLAGS, os.path.join(KIT, "count.c"), "-o", library)
    return library


@dataclasses.dataclass
class Result:
    """What a program printed, and what it cost if it was counted."""

    outputs: list  # bytes of each output, samples one after another
    stack: int
    counts: dict


@dataclasses.dataclass
class Image:
    """What a model takes in a firmware's image, start-up code not counted."""

    flash: int
    ram: int  # arena, variables, inputs and outputs; without the stack


def _define(header, name):
    found = re.search(rf"^#define \w+?_{name} (\d+)$", header, re.M)
    if not found:
        raise execution.Failure(f"the header does not define '{name}'")
    return int(found.group(1))


def places_in_arena(header):
    """Where inputs and then outputs begin in the arena; empty for ones outside of it."""
    return [int(place) for kind in ("INPUT", "OUTPUT")
            for place in re.findall(rf"^#define \w+?_{kind}\d+_OFFSET (\d+)$", header, re.M)]


def _write_case(folder, header_path, inputs):
    """Writes case.h and case.c, which bring samples to the model."""
    with open(header_path, encoding="utf-8") as file:
        header = file.read()
    name = re.search(r"^int (\w+)_run\(", header, re.M).group(1)
    num_inputs, num_outputs = _define(header, "NUM_INPUTS"), _define(header, "NUM_OUTPUTS")
    sizes = [_define(header, f"INPUT{i}_BYTES") for i in range(num_inputs)]
    outputs = [_define(header, f"OUTPUT{i}_BYTES") for i in range(num_outputs)]
    samples = [f"input{i} + (size_t)sample * {size}" for i, size in enumerate(sizes)]
    places = places_in_arena(header)
    if places:
        arguments = [f"(void *)((unsigned char *)arena + {place})" for place in places]
        fill = "".join(f"  for (size_t i = 0; i < {size}; i++)\n"
                       f"    arena[{place} + i] = ({sample})[i];\n"
                       for size, sample, place in zip(sizes, samples, places))
        # The driver adds what lies before the arena.
        starts = [f"case_arena + {place}" for place in places[num_inputs:]]
    else:
        arguments = [f"(const void *)({sample})" for sample in samples]
        arguments += [f"(void *)(case_outputs[{o}].data + 64)" for o in range(num_outputs)]
        fill = "  (void)sample;\n  (void)arena;\n"
        starts = [f"output{o}" for o in range(num_outputs)]
    # A call of the driver itself: no other function's stack is measured.
    with open(os.path.join(folder, "case.h"), "w", encoding="utf-8") as file:
        file.write(f"""#include "{os.path.abspath(header_path)}"
#include <stddef.h>
struct case_tensor {{ unsigned char *data; size_t size; }};
enum {{ CASE_ARENA_BYTES = {_define(header, 'ARENA_BYTES')}, CASE_OUTPUTS = {num_outputs},
       CASE_SAMPLES = {len(inputs[0]) // sizes[0]}, CASE_IN_ARENA = {int(bool(places))} }};
extern const struct case_tensor case_outputs[];
extern unsigned char case_arena[];
{"".join(f"extern const unsigned char input{i}[];" for i in range(num_inputs))}
/* Writes a sample to its place in the arena. */
static inline void case_fill(int sample, unsigned char *arena) {{
{fill}}}
static inline __attribute__((always_inline)) int case_run(int sample, void *arena) {{
  (void)sample;
  return {name}_run({', '.join(arguments)}, arena, 0, 0);
}}
""")
    with open(os.path.join(folder, "case.c"), "w", encoding="utf-8") as file:
        file.write('#include "case.h"\n')
        for i, data in enumerate(inputs):
            path = os.path.join(folder, f"input{i}.bin")
            with open(path, "wb") as binary:
                binary.write(data)
            file.write(f'__asm__(".section .rodata.input{i},\\"a\\"\\n.balign 64\\ninput{i}:\\n'
                       f'.incbin \\"{path}\\"\\n.globl input{i}\\n.text");\n')
        for o, size in enumerate([] if places else outputs):
            file.write(f"static unsigned char output{o}[{size} + 128]"
                       " __attribute__((aligned(64)));\n")
        file.write("const struct case_tensor case_outputs[] = {"
                   + ", ".join(f"{{{name}, {size}}}" for name, size in zip(starts, outputs))
                   + "};\n")


def _write_call(path, header_path):
    """Writes a function that runs the model on buffers in RAM."""
    with open(header_path, encoding="utf-8") as file:
        header = file.read()
    name = re.search(r"^int (\w+)_run\(", header, re.M).group(1)
    buffers = []
    arguments = [f"(void *)(arena + {place})" for place in places_in_arena(header)]
    for kind in () if arguments else ("INPUT", "OUTPUT"):
        for i in range(_define(header, f"NUM_{kind}S")):
            buffer = f"{kind.lower()}{i}"
            buffers.append(f"static unsigned char {buffer}[{_define(header, f'{kind}{i}_BYTES')}]"
                           " __attribute__((aligned(4)));\n")
            arguments.append(f"(void *){buffer}")
    buffers.append(f"static unsigned char arena[{_define(header, 'ARENA_BYTES')}]"
                   f" __attribute__((aligned({_define(header, 'ARENA_ALIGNMENT')})));\n")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'#include "{os.path.abspath(header_path)}"\nint image_run(void);\n{"".join(buffers)}'
                   "int image_run(void) {\n"
                   f"  return {name}_run({', '.join(arguments)}, arena, 0, 0);\n}}\n")


def _sizes(path):
    """Bytes of flash and RAM of a linked program."""
    words = execution.run("llvm-size-22", path).splitlines()[1].split()
    text, data, bss = (int(word) for word in words[:3])
    return Image(text + data, data + bss)


def check_object(path, row):
    """The problems of an object for firmware: what it lacks, what it writes to."""
    problems = []
    if row.integers:
        code = execution.run("llvm-objdump-22", "-d", "--no-show-raw-insn", path)
        floats = re.findall(r"^ *[0-9a-f]+: *\t(v[a-z0-9.]+)", code, re.M)
        if floats:
            problems.append(f"{len(floats)} instructions on floats, one is {floats[0]}")
    undefined = execution.run("llvm-nm-22", "-u", path).split()
    if row.portable:  # compilers call these for loops and copies
        undefined = [name for name in undefined
                     if name != "U" and not re.search("mem(cpy|set|move|clr)", name)]
    if undefined:
        problems.append(f"undefined: {' '.join(undefined)}")
    for line in execution.run("llvm-size-22", "-A", path).splitlines():
        section = line.split()
        if section and section[0].startswith((".data", ".bss", ".tdata", ".tbss")) \
                and not section[0].startswith(".data.rel.ro") and section[1] != "0":
            problems.append(f"writable: {section[1]} bytes of {section[0]}")
    return problems


class Program:
    """A model compiled and linked for a row, with its samples."""

    def __init__(self, row, folder, module, inputs, flags=()):
        """Compiles `module` (a file) with the options `flags`; `inputs` are arrays."""
        self.row, self.folder = row, folder
        os.makedirs(folder, exist_ok=True)
        self.object = os.path.join(folder, "net.o")
        self._compile(module, flags)
        self.header = os.path.join(folder, "net.h")
        _write_case(folder, self.header, [np.ascontiguousarray(x).tobytes() for x in inputs])
        self.path = self._link("program", [os.path.join(KIT, "driver.c"),
                                           os.path.join(folder, "case.c")])

    def _compile(self, module, flags):
        """Makes the object, from machine code or from C."""
        row = self.row
        if row.portable:
            source = os.path.join(self.folder, "net.c")
            execution.run("quant-compile", module, "--emit=c", *flags, "-o", source)
            execution.run(CLANG, f"--target={row.triple}", *row.clang, *STRICT_C, *row.portable,
                          "-fno-pic", "-c", source, "-o", self.object)
            return
        execution.run("quant-compile", module, f"--target={row.triple}", f"--cpu={row.cpu}",
                      *([f"--features={row.features}"] if row.features else []),
                      "--emit=obj", *flags, "-o", self.object)

    def define(self, name):
        """A number that the model's header defines; None when it does not."""
        with open(self.header, encoding="utf-8") as file:
            found = re.search(rf"^#define \w+?_{name} (\d+)$", file.read(), re.M)
        return found and int(found.group(1))

    def _link(self, name, sources, model=True, defines=()):
        """Links a program of these sources, start-up code, and the model or none."""
        machine = "board" if self.row.board else "user"
        flags = [*defines, f"--target={self.row.triple}", *self.row.clang, "-O1", "-ffreestanding",
                 "-fno-builtin", "-fno-pic", "-fomit-frame-pointer", "-Wall", "-Werror",
                 "-I", KIT, "-I", self.folder]
        if "x86_64" in self.row.triple:
            flags.append("-mcmodel=large")
        objects = [self.object] if model else []
        kit = [f"{machine}.c"] + (["memory.c"] if self.row.portable else [])
        for source in (*(os.path.join(KIT, part) for part in kit), *sources):
            target = os.path.join(self.folder, os.path.basename(source)[:-1] + "o")
            execution.run(CLANG, *flags, "-c", source, "-o", target)
            objects.append(target)
        path = os.path.join(self.folder, name)
        layout = ["-static", "--gc-sections"]
        if self.row.board:
            code, ram, size = self.row.board
            layout = ["--gc-sections", "-T", os.path.join(KIT, "board.ld"), f"--defsym=code_base={code:#x}",
                      f"--defsym=ram_base={ram:#x}", f"--defsym=ram_size={size:#x}"]
        execution.run(LINKER, *layout, *objects, "-o", path)
        return path

    def run(self, plugin=None, limit=120):
        """Runs the program; counts instructions with the plugin."""
        counts_path = os.path.join(self.folder, "counts")
        counting = ["-plugin", f"{plugin},out={counts_path}"] if plugin and self.row.emulator else []
        emulator = list(self.row.emulator)
        text = execution.run(*emulator[:1], *counting, *emulator[1:], self.path, limit=limit)
        lines = re.findall(r"^output: ([0-9a-f]*)$", text, re.M)
        stack = re.search(r"^stack: ([0-9a-f]+)$", text, re.M)
        if not stack or "guards: intact" not in text:
            raise execution.Failure(f"{self.path} printed:\n{text[-1000:]}")
        with open(os.path.join(self.folder, "case.h"), encoding="utf-8") as file:
            number = int(re.search(r"CASE_OUTPUTS = (\d+)", file.read()).group(1))
        outputs = [bytes.fromhex("".join(lines[o::number])) for o in range(number)]
        counts = {}
        if counting:
            with open(counts_path, encoding="utf-8") as file:
                words = file.read().split()[1:]
            counts = {name: int(value) for name, value in zip(words[::2], words[1::2])}
        return Result(outputs, int(stack.group(1), 16), counts)

    def image(self):
        """What the model takes of a firmware that runs it."""
        kit = os.path.join(KIT, "image.c")
        call = os.path.join(self.folder, "call.c")
        _write_call(call, self.header)
        full = _sizes(self._link("image", [kit, call], defines=["-DWITH_MODEL"]))
        base = _sizes(self._link("start", [kit], model=False))
        return Image(full.flash - base.flash, full.ram - base.ram)
