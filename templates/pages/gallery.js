(() => {
  "use strict";

  const root = document.documentElement;

  const recall = () => {
    try { return localStorage.getItem("proofpress-theme"); } catch { return null; }
  };
  const remember = (theme) => {
    try { localStorage.setItem("proofpress-theme", theme); } catch { /* a page on disk may have no storage */ }
  };
  const chosen = recall();
  if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;

  const isDark = () => root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;

  // From the head on, since a picture can be found missing before the page is complete.
  document.addEventListener("error", (event) => {
    if (!(event.target instanceof HTMLImageElement)) return;
    const note = document.createElement("span");
    note.className = "blank";
    note.textContent = "The file is missing: " + decodeURIComponent(event.target.getAttribute("src"));
    const holder = event.target.closest(".print") ?? event.target;
    holder.closest(".stage, .sheet")?.classList.add("empty");
    holder.replaceWith(note);
  }, true);

  const start = () => {
    const byId = (id) => document.getElementById(id);
    const items = [...document.querySelectorAll(".item")];
    const groups = [...document.querySelectorAll(".group")];
    const evidence = new Map(
      [...document.querySelectorAll("template[data-evidence]")].map((t) => [t.dataset.evidence, t]),
    );
    const filters = byId("filters");
    const dialog = byId("proof");
    const body = byId("proof-body");
    let current = "";
    let view = "";  // until somebody chooses: the overview of what did not pass

    const look = () => {
      const article = body.firstElementChild;
      const shows = view || (article?.classList.contains("pass") ? "picture" : "overview");
      for (const choice of document.querySelectorAll("#view input")) choice.checked = choice.value === shows;
      dialog.dataset.view = shows;
    };

    byId("theme").addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      remember(root.dataset.theme);
    });

    const wanted = () => Object.fromEntries(new FormData(filters));
    const matches = (item, want) =>
      want.search.toLowerCase().split(/\s+/).every((word) => item.dataset.search.includes(word)) &&
      ["campaign", "market", "format", "verdict"].every((key) => !want[key] || item.dataset[key] === want[key]);
    const shown = () => items.filter((item) => !item.hidden);

    const writeHash = () => {
      const state = new URLSearchParams();
      if (filters) for (const [key, value] of Object.entries(wanted())) if (value) state.set(key, value);
      if (current) state.set("creative", current);
      const hash = state.toString();
      history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
    };

    const apply = () => {
      const want = wanted();
      for (const item of items) item.hidden = !matches(item, want);
      for (const group of groups) group.hidden = !group.querySelector(".item:not([hidden])");
      const count = shown().length;
      byId("no-match").hidden = count > 0;
      byId("showing").textContent = count === items.length ? `${count} shown` : `${count} of ${items.length} shown`;
    };

    const show = (variant) => {
      const template = evidence.get(variant);
      if (!template) return;
      current = variant;
      body.replaceChildren(template.content.cloneNode(true));
      look();
      const order = shown().map((item) => item.querySelector(".card").dataset.open);
      const at = order.indexOf(variant);
      byId("position").textContent = at < 0 ? "" : `${at + 1} of ${order.length}`;
      byId("previous").disabled = at <= 0;
      byId("next").disabled = at < 0 || at === order.length - 1;
      if (!dialog.open) dialog.showModal();
      body.scrollTop = 0;
      writeHash();
    };

    const step = (by) => {
      const order = shown().map((item) => item.querySelector(".card").dataset.open);
      const next = order[order.indexOf(current) + by];
      if (next) show(next);
    };

    const highlight = (role) => {
      for (const box of body.querySelectorAll(".boxes rect")) box.classList.toggle("lit", box.dataset.role === role);
      for (const line of body.querySelectorAll(".line")) line.classList.toggle("lit", line.dataset.role === role);
    };

    document.addEventListener("click", (event) => {
      const card = event.target.closest(".card");
      if (!card || event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      show(card.dataset.open);
    });

    for (const kind of ["pointerover", "focusin"]) {
      body.addEventListener(kind, (event) => highlight(event.target.closest("[data-role]")?.dataset.role ?? ""));
    }
    byId("view").addEventListener("change", (event) => {
      view = event.target.value;
      look();
    });
    byId("previous").addEventListener("click", () => step(-1));
    byId("next").addEventListener("click", () => step(1));
    byId("close").addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("close", () => {
      const card = document.querySelector(`.card[data-open="${CSS.escape(current)}"]`);
      current = "";
      body.replaceChildren();
      writeHash();
      card?.focus({ preventScroll: true });
    });
    document.addEventListener("keydown", (event) => {
      if (dialog.open) {
        if (event.target.closest("#view")) return;
        if (event.key === "ArrowLeft") step(-1);
        if (event.key === "ArrowRight") step(1);
        return;
      }
      if (event.key === "/" && filters && !event.target.closest("input, select, textarea")) {
        event.preventDefault();
        filters.elements.search.focus();
      }
    });

    if (!filters) return;
    filters.addEventListener("submit", (event) => event.preventDefault());
    filters.addEventListener("input", () => { apply(); writeHash(); });
    byId("clear").addEventListener("click", () => {
      filters.reset();
      apply();
      writeHash();
      filters.elements.search.focus();
    });

    const restore = () => {
      const state = new URLSearchParams(location.hash.slice(1));
      for (const key of ["search", "campaign", "market", "format", "verdict"]) {
        if (filters.elements[key]) filters.elements[key].value = state.get(key) ?? "";
      }
      apply();
      if (state.get("creative")) show(state.get("creative"));
    };
    addEventListener("hashchange", restore);
    restore();
  };

  document.addEventListener("DOMContentLoaded", start);
})();
