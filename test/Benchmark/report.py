"""Writes what was measured as JSON, as a table and as a page."""
import html
import json
import os

LAYERS = ("conv", "depthwise", "dense")
COLUMNS = (("row", -38), ("isa", -11), ("us", 11), ("min", 11), ("spread", 7), ("share", 7),
           ("goal", 6), ("ort us", 11), ("ratio", 7), ("goal", 6), ("onednn", 7),
           ("xnnpack", 7), ("ggml", 7), (" ", -7))
OTHERS = ("onednn", "xnnpack", "ggml")


def goal_share(row):
    """The share of the bound that the row should reach, or None."""
    if "goal_us" in row:
        return row["limit_us"] / row["goal_us"]
    return row.get("goal")


def goal_ratio(row):
    """The time relative to ONNX Runtime's that the goal stands for, or None."""
    if "goal_us" in row:
        return row["goal_us"] / row["figures_us"]["onnxruntime"]
    figure = row.get("figures", {}).get("onnxruntime")
    return figure / row["goal"] if figure else None


def ratios(result):
    """Our time relative to each engine's that was measured."""
    return {name: peer["ratio"] for name, peer in result.get("peers", {}).items()}


def verdict(result):
    """`met` or `missed`, nothing without a goal; `slower` than the best peer is worse."""
    if max(ratios(result).values(), default=0) > 1:
        return "slower"
    goal = goal_share(result)
    if goal is None or "share" not in result:
        return ""
    return "met" if result["share"] >= goal else "missed"


def percent(value):
    return "" if value is None else f"{100 * value:.1f}%"


def number(value, digits=2):
    return "" if value is None else f"{value:.{digits}f}"


def pad(cells):
    return " ".join(f"{cell:<{-width}}" if width < 0 else f"{cell:>{width}}"
                    for cell, (_, width) in zip(cells, COLUMNS)).rstrip()


def header():
    return pad([name for name, _ in COLUMNS])


def cells(result):
    """The cells of a result's line."""
    peer = result.get("peers", {}).get("onnxruntime", {})
    return [result["name"], result["isa"], number(result["median_us"]),
            number(result["min_us"]), percent(result["spread"]), percent(result.get("share")),
            percent(goal_share(result)), number(peer.get("median_us")),
            number(peer.get("ratio")), number(goal_ratio(result)),
            *(number(ratios(result).get(name)) for name in OTHERS), verdict(result)]


def line(result):
    if "error" in result:
        return f"{result['name']}: {result['error']}"
    return pad(cells(result))


def percentile(values, part):
    """A value that at least `part` of the values reach or exceed from below."""
    values = sorted(values)
    return values[int(part * (len(values) - 1))]


def family_goal(rows, family):
    """The median of a family's goals."""
    return percentile([r["goal"] for r in rows if r["family"] == family and "goal" in r], 0.5)


def summary(results, rows):
    """What holds over all results; `rows` has the goals of families."""
    good = [result for result in results if "error" not in result]
    lines = []
    judged = [verdict(result) for result in good if goal_share(result) is not None]
    if judged:
        lines.append(f"goals: {judged.count('met')} of {len(judged)} met")
    for name in ("onnxruntime", *OTHERS):
        compared = [result["peers"][name] for result in good if name in ratios(result)]
        if compared:
            slower = sum(peer["ratio"] > 1 for peer in compared)
            lines.append(f"slower than {compared[0]['engine']}: {slower} of {len(compared)}")
    for family in LAYERS:
        shares = [r["share"] for r in good
                  if r["family"] == family and r["name"].startswith("random") and "share" in r]
        if shares:
            lines.append(f"random {family}: {len(shares)} layers, share of the bound"
                         f" 10th percentile {percent(percentile(shares, 0.1))}"
                         f" (goal: {percent(0.7 * family_goal(rows, family))}),"
                         f" median {percent(percentile(shares, 0.5))}")
    lines += pairs(good)
    errors = len(results) - len(good)
    if errors:
        lines.append(f"not measured: {errors} of {len(results)}")
    return "\n".join(lines)


def pairs(results):
    """Random networks: int8 beside float."""
    times = {}
    for result in results:
        if "pair" in result:
            times.setdefault(result["pair"], {})[result["types"]] = result["median_us"]
    ratios = {name: t["u8s8"] / t["f32"] for name, t in times.items() if len(t) == 2}
    if not ratios:
        return []
    faster = sum(ratio <= 1 for ratio in ratios.values())
    lines = [f"int8 not slower than float: {faster} of {len(ratios)} networks,"
             f" median time {number(percentile(ratios.values(), 0.5))} of float's"]
    return lines + [f"  slower: {name}, {ratio:.2f} of float's time"
                    for name, ratio in ratios.items() if ratio > 1]


def write(folder, results, text):
    """results.json, table.txt and index.html."""
    with open(os.path.join(folder, "results.json"), "w") as file:
        json.dump(results, file, indent=1)
    with open(os.path.join(folder, "table.txt"), "w") as file:
        file.write("\n".join([header(), *map(line, results), text]) + "\n")
    with open(os.path.join(folder, "index.html"), "w") as file:
        file.write(page(results, text))


# The page.

STYLE = """
body { font: 14px/1.4 system-ui, sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em;
       color: #1a1a1a; background: #fff }
h1 { font-size: 1.5em } h2 { font-size: 1.15em; margin-top: 2em }
pre { background: #f4f4f4; padding: 1em; overflow-x: auto; font-size: 12px }
svg text { font: 12px system-ui, sans-serif; fill: #1a1a1a }
svg .met { fill: #2f7d4f } svg .missed { fill: #c77f1a } svg .slower { fill: #b3372f }
svg .none { fill: #7a8794 } svg .track { fill: #eee } svg .goal { stroke: #111; stroke-width: 2 }
svg .grid { stroke: #ccc } .key span { display: inline-block; width: .9em; height: .9em;
       margin: 0 .3em 0 1em; vertical-align: -1px }
"""
LABEL, WIDTH, ROW = 270, 560, 20


def bars(rows, unit, ticks, scale):
    """A chart of horizontal bars: (name, value, goal, class) with 0 to `scale`."""
    height = ROW * len(rows) + 24
    parts = [f'<svg width="{LABEL + WIDTH + 70}" height="{height}" role="img">']
    for tick in ticks:
        x = LABEL + WIDTH * tick / scale
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height - 20}"/>'
                     f'<text x="{x:.1f}" y="{height - 6}" text-anchor="middle">{unit(tick)}</text>')
    for i, (name, value, goal, kind) in enumerate(rows):
        y = ROW * i
        end = WIDTH * min(value / scale, 1)
        parts.append(f'<text x="{LABEL - 8}" y="{y + 14}" text-anchor="end">{html.escape(name)}'
                     f'</text><rect class="{kind or "none"}" x="{LABEL}" y="{y + 3}"'
                     f' width="{end:.1f}" height="{ROW - 6}"/>')
        if goal is not None:
            x = LABEL + WIDTH * min(goal / scale, 1)
            parts.append(f'<line class="goal" x1="{x:.1f}" x2="{x:.1f}" y1="{y + 1}"'
                         f' y2="{y + ROW - 1}"/>')
        parts.append(f'<text x="{LABEL + WIDTH + 6}" y="{y + 14}">{unit(value)}</text>')
    return "".join(parts) + "</svg>"


def page(results, text):
    """A page that needs nothing else."""
    good = [result for result in results if "error" not in result]
    shares = [(r["name"], r["share"], goal_share(r), verdict(r)) for r in good if "share" in r]
    compared = [(f"{r['name']} : {name}", ratio, goal_ratio(r) if name == "onnxruntime" else None,
                 verdict(r)) for r in good for name, ratio in ratios(r).items()]
    key = "".join(f'<span style="background:{color}"></span>{label}' for label, color in (
        ("goal met", "#2f7d4f"), ("goal missed", "#c77f1a"),
        ("slower than the best engine", "#b3372f"), ("no goal", "#7a8794")))
    parts = ["<!DOCTYPE html><html lang=en><meta charset=utf-8><title>quant-opt benchmarks</title>",
             f"<style>{STYLE}</style><h1>quant-opt benchmarks</h1><p class=key>{key};",
             " a black mark is the goal</p>"]
    if shares:
        parts.append("<h2>Share of the core's bound</h2>")
        parts.append(bars(shares, percent, (0, .25, .5, .75, 1), 1))
    if compared:
        parts.append("<h2>Time relative to the other engine's (1: as fast; less is better)</h2>")
        parts.append(bars(compared, number, (0, .25, .5, .75, 1, 1.25, 1.5), 1.5))
    table = "\n".join([header(), *map(line, results), "", text])
    return "".join(parts) + f"<h2>Table</h2><pre>{html.escape(table)}</pre></html>\n"
