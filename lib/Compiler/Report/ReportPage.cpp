//===- ReportPage.cpp - The report as a page ------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The page holds the JSON of the report and draws it. It loads nothing.
///
//===----------------------------------------------------------------------===//

#include "quant-opt/Compiler/Report.h"

using namespace quantopt;

static constexpr StringLiteral kHead = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Quantization report</title>
<style>
:root { color-scheme: light dark; --ink: #1c2733; --soft: #5d6b79; --line: #d9e0e7;
  --page: #f5f7f9; --card: #fff; --blue: #2468b4; --orange: #c75b12; --red: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4eaf0; --soft: #98a6b4;
  --line: #36424e; --page: #12181e; --card: #1b232b; --blue: #6aa9ee;
  --orange: #f0a060; --red: #f2857d; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 14px/1.45 system-ui, sans-serif; }
main { max-width: 1560px; margin: 0 auto; padding: 24px; }
h1 { font-size: 22px; margin: 0 0 2px; }
h2 { font-size: 16px; margin: 28px 0 8px; }
p { margin: 4px 0; color: var(--soft); max-width: 120ch; }
.cards { display: flex; flex-wrap: wrap; gap: 10px; margin-top: 14px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: 8px 14px; min-width: 120px; }
.card b { display: block; font-size: 18px; }
.card span { color: var(--soft); font-size: 12px; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line);
  border-radius: 8px; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 4px 7px; text-align: right; white-space: nowrap;
  border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; font-size: 12px; }
th.text, td.text { text-align: left; }
tr:last-child td { border-bottom: 0; }
td.bad { color: var(--red); font-weight: 600; }
td.reason { white-space: normal; text-align: left; color: var(--soft); min-width: 12ch; }
svg { display: block; }
td.shapes svg { display: inline-block; margin-right: 6px; vertical-align: middle; }
#bars { display: grid; grid-template-columns: fit-content(40%) 1fr; gap: 4px 10px;
  padding: 8px 12px; align-items: center; font-size: 12px; color: var(--soft); }
#bars .name { text-align: right; overflow-wrap: anywhere; }
#bars .pair { padding-right: 36px; }
#bars .bar { height: 10px; margin: 1px 0; min-width: 1px; white-space: nowrap;
  font-size: 11px; line-height: 10px; }
#bars .bar span { float: right; width: 34px; margin-right: -38px; }
textarea { width: 100%; height: 150px; font: 12px/1.4 ui-monospace, monospace;
  background: var(--card); color: var(--ink); border: 1px solid var(--line);
  border-radius: 8px; padding: 8px; }
.weight { fill: var(--blue); background: var(--blue); }
.input { fill: var(--orange); background: var(--orange); }
.key { display: inline-block; width: 10px; height: 10px; margin: 0 4px 0 12px; }
</style>
</head>
<body>
<main id="page"></main>
<script type="application/json" id="report">
)html";

static constexpr StringLiteral kTail = R"html(</script>
<script>
"use strict";
const report = JSON.parse(document.getElementById("report").textContent);
const page = document.getElementById("page");
const layers = report.layers, known = x => x !== undefined;

function element(tag, parent, text, className) {
  const svg = ["svg", "rect", "title"].includes(tag);
  const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag)
                   : document.createElement(tag);
  if (known(text)) node.textContent = text;
  if (className) node.setAttribute("class", className);
  parent.appendChild(node);
  return node;
}
function shape(tag, parent, attributes, className) {
  const node = element(tag, parent, undefined, className);
  for (const key in attributes) node.setAttribute(key, attributes[key]);
  return node;
}
const thousands = n => n.toLocaleString("en-US");
const decibel = x => known(x) ? x.toFixed(1) : "–";
const errors = new Map((report.weight_errors || []).map(e => [e.name, e]));
const part = x => known(x) ? x.toExponential(1) : "–";
const worst = l => [l.sqnr_local, l.sqnr_local_weight, l.sqnr_weight].find(known);

function cards() {
  element("h1", page, report.model || report.name);
  element("p", page, `for ${report.target}; ` + (report.samples
    ? `layers measured with ${report.samples} samples`
    : "compile with --calibrate to measure layers"));
  const row = element("div", page, undefined, "cards");
  for (const [value, label] of [
    [report.effective_bits.toFixed(2), "bits per weight"],
    [thousands(report.const_bytes), "bytes of constants"],
    [thousands(report.arena_bytes), "bytes of arena"],
    [layers.length, "layers with weights"],
    [report.float_ops, "operations on floats"],
  ]) {
    const card = element("div", row, undefined, "card");
    element("b", card, value);
    element("span", card, label);
  }
}

function histogram(parent, data, className) {
  if (!data) return;
  const width = 72, height = 24;
  const svg = shape("svg", parent, {width, height});
  const most = Math.max(...data.counts), step = width / data.counts.length;
  // A logarithmic scale shows tails, which decide about ranges.
  data.counts.forEach((count, i) => {
    const h = count ? Math.max(1, height * Math.log1p(count) / Math.log1p(most)) : 0;
    shape("rect", svg, {x: i * step, y: height - h, width: step * 0.9, height: h}, className);
  });
  element("title", svg, `${data.min.toPrecision(4)} to ${data.max.toPrecision(4)}`);
}

function bars() {
  const shown = layers.filter(l => known(worst(l))).slice(0, 24);
  if (!shown.length) return;
  element("h2", page, "Signal over noise, in dB: the worst layers first");
  const hint = element("p", page, "What a layer's own quantization does to its outputs, from");
  element("span", hint, undefined, "key").style.background = "var(--blue)";
  hint.append("its weights and");
  element("span", hint, undefined, "key").style.background = "var(--orange)";
  hint.append("its inputs. Shorter bars lose more.");
  const table = element("div", page, undefined, "card");
  table.id = "bars";
  const values = l => [known(l.sqnr_local_weight) ? l.sqnr_local_weight : l.sqnr_weight,
                       l.sqnr_local_input];
  const most = Math.max(...shown.flatMap(values).filter(known), 1);
  for (const l of shown) {
    element("div", table, l.name, "name");
    const pair = element("div", table, undefined, "pair");
    values(l).forEach((value, k) => {
      if (!known(value)) return;
      const bar = element("div", pair, undefined, k ? "bar input" : "bar weight");
      bar.style.width = `${100 * Math.max(value, 0) / most}%`;
      element("span", bar, decibel(value));
    });
  }
}

// A type in few words: "i4 / 32" has a scale for 32 weights, "i8 / channel" for a channel.
function format(type) {
  const [, kind, element, rest] =
    /^!qnn\.(\w+)<([^,<>: ]+)(?:<[^>]*>)?(?:[,: ]+(.*))?>$/.exec(type) || [];
  if (kind === "affine_block") return `${element} / ${rest}`;
  if (kind === "affine_axis") return element + (rest === "0" ? " / channel" : ` / axis ${rest}`);
  if (kind === "affine") return `${element} / tensor`;
  return type.replace("!qnn.", "");
}

const columns = [
  ["float", l => "", "text"], ["layer", l => l.name, "text"],
  ["weights", l => format(l.format) + (l.storage ? `, ${l.storage}` : ""), "text"], ["bits", l => l.bits.toFixed(2)],
  ["bytes", l => thousands(l.bytes)],
  ["zeros", l => (l.elements ? 100 * l.zeros / l.elements : 0).toFixed(1) + " %"],
  ["local dB", l => decibel(l.sqnr_local)], ["weights dB", l => decibel(l.sqnr_local_weight)],
  ["inputs dB", l => decibel(l.sqnr_local_input)],
  ["cumulative dB", l => decibel(l.sqnr_cumulative)],
  ["clipped", l => known(l.clipped) ? (100 * l.clipped).toFixed(3) + " %" : "–"],
];
// What the method of rounding has gained.
if (errors.size)
  columns.push(["nearest error", l => part(errors.get(l.name)?.output_error_nearest)],
               ["error", l => part(errors.get(l.name)?.output_error)]);

function layerTable() {
  element("h2", page, "Layers");
  element("p", page, "Local: with the float network's inputs. Cumulative: in the quantized " +
    "network; in dB, signal over noise. " + (errors.size ? "Errors: the squared change of " +
    "outputs over their mean square, with nearest weights and with those used. " : "") +
    "Histograms have logarithmic heights; inputs are in orange. What is ticked is excluded " +
    "by the file below.");
  const table = element("table", element("div", page, undefined, "scroll"));
  table.id = "layers";
  const head = element("tr", table);
  columns.forEach(([name, , kind]) => element("th", head, name, kind));
  element("th", head, "weights, inputs", "text");
  element("th", head, "reason", "text");
  for (const l of layers) {
    const row = element("tr", table);
    for (const [name, text, kind] of columns) {
      const value = worst(l);
      const bad = name === "local dB" && known(value) && value < 20 ? "bad" : kind;
      const cell = element("td", row, name === "float" ? undefined : text(l), bad);
      if (name === "layer") cell.title = l.op;
      if (name === "weights") cell.title = l.format;
      if (name !== "float") continue;
      const box = element("input", cell);
      box.type = "checkbox";
      box.checked = report.exclusion_config.weights.some(w => w.name === l.name);
      box.dataset.name = l.name;
      box.addEventListener("change", writeConfig);
    }
    const cell = element("td", row, undefined, "text shapes");
    histogram(cell, l.weights, "weight");
    histogram(cell, l.inputs, "input");
    element("td", row, l.reason, "reason");
  }
}

function floatTable() {
  element("h2", page, "What stays float");
  if (!report.float_layers.length) {
    element("p", page, "Nothing that had a reason to.");
    return;
  }
  const table = element("table", element("div", page, undefined, "scroll"));
  table.id = "floats";
  const head = element("tr", table);
  for (const name of ["name", "op", "reason"]) element("th", head, name, "text");
  for (const op of report.float_layers) {
    const row = element("tr", table);
    element("td", row, op.name, "text");
    element("td", row, op.op, "text");
    element("td", row, op.reason, "reason");
  }
}

function configText() {
  const weights = [...document.querySelectorAll("#layers input:checked")].map(box =>
    "  " + JSON.stringify({name: box.dataset.name, type: "f32",
                           reason: "excluded after a report"}));
  return '{"version": 1, "weights": [\n' + weights.join(",\n") + "\n]}\n";
}
function writeConfig() {
  document.getElementById("config").value = configText();
}
function configBox() {
  element("h2", page, "Exclusions");
  element("p", page, "Save this as a file and compile again with --config=FILE.json: the " +
    "chosen layers keep their float weights.");
  const box = element("textarea", page);
  box.id = "config";
  box.readOnly = true;
  writeConfig();
}

cards();
bars();
layerTable();
floatTable();
configBox();
</script>
</body>
</html>
)html";

std::string quantopt::makeReportPage(StringRef json) {
  std::string page = kHead.str();
  // A name may hold the end of the element; JSON may write '<' in another way.
  for (char c : json) {
    if (c == '<')
      page += "\\u003c";
    else
      page += c;
  }
  return page + kTail.str();
}
