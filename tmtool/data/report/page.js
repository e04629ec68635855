"use strict";
(() => {
  const rows = [...document.querySelectorAll("article")];
  const parts = rows.map((row) => [...row.querySelectorAll("p:not(.empty), .note")]);
  const texts = parts.map((its) => its.map((part) => part.textContent.toLowerCase()).join("\n"));
  const form = document.querySelector("form");
  const fields = form.elements;
  const told = form.querySelector("output");
  const all = form.querySelector("[type=reset]");
  const nothing = document.querySelector(".none");
  const many = 500; // pairs in which what was searched is coloured

  function narrow() {
    const words = fields.text.value.normalize().toLowerCase().split(/\s+/).filter(Boolean);
    const { state, confidence, check } = fields;
    let shown = 0;
    rows.forEach((row, n) => {
      const { state: its, confidence: sure, checks } = row.dataset;
      const fits = (!state.value || its === state.value)
        && (!confidence.value || sure === confidence.value)
        && (!check.value || (check.value === "*" ? checks !== "" : checks.split(" ").includes(check.value)))
        && words.every((word) => texts[n].includes(word));
      if (row.hidden === fits) row.hidden = !fits;
      shown += fits;
    });
    told.value = shown === rows.length ? `${rows.length} pairs` : `${shown} of ${rows.length} pairs`;
    nothing.hidden = shown > 0;
    all.disabled = !(words.length || state.value || confidence.value || check.value);
    colour(words);
  }

  function colour(words) {
    if (!globalThis.Highlight) return;
    const found = new Highlight();
    const near = words.length ? parts.filter((_, n) => !rows[n].hidden).slice(0, many).flat() : [];
    for (const part of near) {
      const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
      while (walk.nextNode()) {
        const text = walk.currentNode.data.toLowerCase();
        if (text.length !== walk.currentNode.length) continue; // small letters took other room
        for (const word of words) {
          for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
            const range = new Range();
            range.setStart(walk.currentNode, at);
            range.setEnd(walk.currentNode, at + word.length);
            found.add(range);
          }
        }
      }
    }
    CSS.highlights.set("found", found);
  }

  function go(row) {
    location.hash = row.id;
    row.querySelector(".number").focus();
  }

  // The keys of the screen, in either keyboard layout
  const doubtful = ["doubtful", "unlikely", "missing"];
  const steps = {
    j: [1, () => true], k: [-1, () => true],
    n: [1, (row) => doubtful.includes(row.dataset.confidence)],
    z: [1, (row) => row.dataset.checks !== ""],
  };
  Object.assign(steps, { о: steps.j, л: steps.k, т: steps.n, я: steps.z });

  function step([by, fits]) {
    const here = location.hash ? rows.findIndex((row) => `#${row.id}` === location.hash) : -1;
    for (let at = here + by; at >= 0 && at < rows.length; at += by) {
      if (!rows[at].hidden && fits(rows[at])) return go(rows[at]);
    }
  }

  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(narrow, 80);
  });
  form.addEventListener("reset", () => setTimeout(narrow));
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const button of document.querySelectorAll("button[data-field]")) {
    button.addEventListener("click", () => {
      const field = fields[button.dataset.field];
      field.value = field.value === button.dataset.value ? "" : button.dataset.value;
      narrow();
      form.scrollIntoView({ block: "start" });
    });
  }
  document.querySelector(".plot svg")?.addEventListener("click", (event) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const row = rows[Math.min(rows.length - 1, Math.floor((event.clientX - left) / width * rows.length))];
    if (row.hidden) { form.reset(); narrow(); }
    go(row);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, select")) return;
    if (event.key === "/") {
      event.preventDefault();
      fields.text.focus();
    } else if (Object.hasOwn(steps, event.key)) {
      step(steps[event.key]);
    }
  });
  narrow();
})();
