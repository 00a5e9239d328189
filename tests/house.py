"""Figures of the house: `python -m tests.house [CHECKOUT]`, to compare two commits of this repository.

Of the package's source, without running it: lengths of functions, private functions that are used once, functions in
which a name says nothing, imports a module. Of the running program: modules that a command imports, its start-up as a
ratio to `python -c pass`, and the rooms (modules) through which a record passes from its bytes to a printed finding.
"""

from __future__ import annotations

import ast
import os
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

# Names that could stand for anything.
EMPTY = frozenset({"found", "one", "held", "told", "said", "made"})
PAIRS = 7
Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules(checkout: Path) -> Iterator[ast.Module]:
    """The package's modules, parsed."""
    for path in sorted((checkout / "scripts" / "licheng").rglob("*.py")):
        yield ast.parse(path.read_text(encoding="utf-8"))


def functions(module: ast.Module) -> list[Function]:
    """All functions and methods of a module, nested ones too."""
    return [node for node in ast.walk(module) if isinstance(node, Function)]


def lines(function: Function) -> int:
    """From `def` to its last line, decorators left out."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def uses(module: ast.Module) -> Counter[str]:
    """How often each name is read or asked of something."""
    names = Counter(node.id for node in ast.walk(module) if isinstance(node, ast.Name))
    names.update(node.attr for node in ast.walk(module) if isinstance(node, ast.Attribute))
    return names


def called(module: ast.Module) -> set[str]:
    """Names that are called where they stand, and not passed on."""
    calls = (node.func for node in ast.walk(module) if isinstance(node, ast.Call))
    return {getattr(call, "id", "") or getattr(call, "attr", "") for call in calls}


def is_private(function: Function) -> bool:
    """By its name alone; what Python itself calls is not."""
    return function.name.startswith("_") and not function.name.startswith("__")


def locals_of(function: Function) -> set[str]:
    """Its parameters and whatever it assigns."""
    arguments = function.args
    parameters = {each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    stored = (node for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    return parameters | {node.id for node in stored}


def imports(module: ast.Module) -> int:
    """How many modules of the package a module imports itself."""
    named = (node for node in ast.walk(module) if isinstance(node, ast.ImportFrom))
    return len({node.module for node in named if (node.module or "").startswith("licheng")})


def spread(numbers: list[int]) -> str:
    """Median, ninth decile and largest."""
    ordered = sorted(numbers)
    return f"{statistics.median(ordered):g} / {ordered[len(ordered) * 9 // 10]} / {ordered[-1]}"


def of_source(checkout: Path) -> Iterator[tuple[str, str]]:
    """What reading the source shows."""
    parsed = list(modules(checkout))
    every = [function for module in parsed for function in functions(module)]
    once = [
        function.name in calls and not function.decorator_list
        for module in parsed
        for count, calls in ((uses(module), called(module)),)
        for function in functions(module)
        if is_private(function) and count[function.name] == 1
    ]
    empty = sum(not EMPTY.isdisjoint(locals_of(function)) for function in every)
    yield "modules, functions", f"{len(parsed)}, {len(every)}"
    yield "lines a function, median / p90 / max", spread([lines(function) for function in every])
    yield "private functions used once", f"{len(once)} ({len(once) / len(every):.1%})"
    yield "of them neither passed on nor cached", f"{sum(once)} ({sum(once) / len(every):.1%})"
    yield "functions with an empty name", f"{empty} ({empty / len(every):.1%})"
    yield "imports a module, median / p90 / max", spread([imports(module) for module in parsed])


# Run inside the checkout that is measured: the modules on the stack when bytes are read, a finding made, located, told.
_ROOMS = """
    import sys
    from pathlib import Path
    from licheng.app import check as app
    from licheng.core import finding
    from licheng.outputs import catalog, text
    from licheng.sources import tree, yaml
    rooms = set()
    def seen(where, name):
        plain = getattr(where, name)
        def noted(*args, **kwargs):
            own = repr((args[isinstance(where, type) :], kwargs))  # a method's own self may be half made
            frame = sys._getframe() if sys.argv[3] in own else None
            while frame:
                rooms.add(frame.f_globals.get("__name__", ""))
                frame = frame.f_back
            return plain(*args, **kwargs)
        setattr(where, name, noted)
    for where, name in ((tree.WorkTree, "read"), (finding.Finding, "__init__"), (yaml, "locate")):
        seen(where, name)
    seen(catalog.Catalog, "message")
    school = tree.WorkTree(Path(sys.argv[1]))
    from datetime import date
    report = app.check(school, date(2026, 11, 23), paths=[sys.argv[2]])
    assert report.findings
    text.render(report, catalog.catalog("en"))
    print(len([room for room in rooms if room.startswith("licheng.")]))
"""
ITEM = "content/students/113/s1130003/terms/115-1/outputs/media-bias/item.md"


def asked(checkout: Path, script: str, *arguments: str) -> str:
    """What a script prints that runs with the checkout's package."""
    environment = os.environ | {"PYTHONPATH": str(checkout / "scripts")}
    command = [sys.executable, "-c", textwrap.dedent(script), *arguments]
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def rooms(checkout: Path, folder: Path) -> str:
    """Modules on the way of one faulty record of a copied school."""
    subprocess.run(["cp", "-r", str(checkout / "content"), str(folder)], check=True)
    item = folder / ITEM
    item.write_text(item.read_text(encoding="utf-8").replace("course: ", "course: no-", 1), encoding="utf-8")
    return asked(checkout, _ROOMS, str(folder), str(Path(ITEM).parents[4]), ITEM)


def loaded(checkout: Path, module: str) -> str:
    """How many modules of the package one of its modules brings in."""
    script = f"import sys, {module}; print(sum(name.startswith('licheng') for name in sys.modules))"
    return asked(checkout, script)


def start(checkout: Path, *arguments: str) -> str:
    """Seconds of a command, and its ratio to an empty Python, pair by pair."""
    environment = os.environ | {"PYTHONPATH": str(checkout / "scripts")}
    pairs = []
    for _ in range(PAIRS):
        seconds = []
        for command in (["-m", "licheng", *arguments], ["-c", "pass"]):
            begun = time.perf_counter()
            subprocess.run([sys.executable, *command], cwd=checkout, env=environment, capture_output=True, check=False)
            seconds.append(time.perf_counter() - begun)
        pairs.append(seconds)
    ratio = statistics.median(ours / empty for ours, empty in pairs)
    return f"{statistics.median(ours for ours, _ in pairs):.3f} s, {ratio:.1f} × python -c pass"


def of_program(checkout: Path, folder: Path) -> Iterator[tuple[str, str]]:
    """What running it shows."""
    yield "rooms from bytes to finding", rooms(checkout, folder)
    for module in ("licheng.cli.main", "licheng.cli.check", "licheng.cli.hook", "licheng.cli.keys"):
        yield f"modules that {module} imports", loaded(checkout, module)
    yield "licheng --help", start(checkout, "--help")
    yield "licheng check of one student", start(checkout, "check", str(Path(ITEM).parents[4]))


def main(checkout: Path) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        for name, figure in (*of_source(checkout), *of_program(checkout, Path(folder))):
            sys.stdout.write(f"{name:<44}{figure}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve())
