"use strict";
// What the parts of the page share: the data, elements, numbers as text, the tip, redrawing.

const data = JSON.parse(document.getElementById("data").textContent);
const runs = data.runs;
const withVectors = data.with; // indices of the runs with vectors: scores, shapes and maps are in this order

// make("p", {class: "note"}, "text", child): children are elements, text, or null (skipped).
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  element.append(...children.flat().filter((child) => child != null));
  return element;
}

function swatch(run) {
  return make("span", {class: "swatch", style: colour(run), "aria-hidden": "true"});
}

function colour(run) {
  return `--run: var(--run-${run})`;
}

// Only needed with several runs.
function runLabel(run) {
  return runs.length > 1 ? [swatch(run), runs[run].name] : [];
}

function nameBefore(run) {
  return runs.length > 1 ? `${runs[run].name}: ` : "";
}

function whole(value) {
  return value == null ? "–" : Math.round(value).toLocaleString("en");
}

function fixed(value, digits) {
  return value == null ? "–" : value.toFixed(digits).replace("-", "−");
}

function short(value) {
  return value == null ? "–" : d3.format(".3~s")(value).replace("k", " k").replace("M", " M").replace("G", " G");
}

function clock(seconds) {
  if (seconds == null) return "–";
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  const all = Math.round(seconds), hours = Math.floor(all / 3600), minutes = Math.floor(all / 60) % 60;
  return hours ? `${hours} h ${minutes} min` : `${minutes} min ${all % 60} s`;
}

// 2026-11-24T14:00:00Z as people write it.
function moment(text) {
  return text ? text.replace("T", " ").replace("Z", " UTC") : "–";
}

function range(cell, digits = 1) {
  return cell.low == null ? "" : `${fixed(cell.low, digits)} – ${fixed(cell.high, digits)}`;
}

// The last value of a curve that is not null.
function last(values) {
  return values.filter((value) => value != null).pop();
}

// The tip follows the pointer and stays within the window.
const tip = {
  element: document.querySelector(".tip"),
  show(children, x, y) {
    this.element.replaceChildren(...children);
    this.element.hidden = false;
    const {width, height} = this.element.getBoundingClientRect();
    const left = x + 14 + width < document.documentElement.clientWidth ? x + 14 : x - 14 - width;
    this.element.style.left = `${Math.max(6, left)}px`;
    this.element.style.top = `${y - height - 12 > 0 ? y - height - 12 : y + 16}px`;
  },
  hide() {
    this.element.hidden = true;
  },
};
addEventListener("keydown", (event) => {
  if (event.key === "Escape") tip.hide();
});

// Draws now, and again when the width of the element changes.
function drawToWidth(element, draw) {
  let before = 0;
  new ResizeObserver(() => {
    const width = Math.floor(element.clientWidth);
    if (width && width !== before) {
      before = width;
      draw(width);
    }
  }).observe(element);
}
