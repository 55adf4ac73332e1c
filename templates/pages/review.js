(() => {
  "use strict";

  const SAID = "proofpress-said";
  const LOOK = "proofpress-look";
  const LOOKS = ["both", "picture", "found"];

  const start = () => {
    const works = [...document.querySelectorAll(".work")];
    const links = [...document.querySelectorAll(".queue a")];
    const token = document.querySelector("meta[name=token]").content;
    const output = document.getElementById("said");
    let current = null;
    let busy = false;

    const say = (text, kind) => {
      output.textContent = text;
      output.className = kind;
    };

    const told = JSON.parse(sessionStorage.getItem(SAID) ?? "null");
    sessionStorage.removeItem(SAID);
    if (told) say(told.text, told.kind);

    const look = (name) => {
      document.body.dataset.look = name;
      sessionStorage.setItem(LOOK, name);
    };
    look(sessionStorage.getItem(LOOK) ?? "both");

    const ask = (asking) => {
      if (!current) return;
      current.querySelector(".presses").hidden = asking;
      current.querySelector(".confirm").hidden = !asking;
      if (asking) current.querySelector("[data-confirm=yes]").focus();
    };
    const asking = () => current && !current.querySelector(".confirm").hidden;

    const show = (work) => {
      if (!work) return;
      ask(false);
      for (const one of works) one.hidden = one !== work;
      for (const link of links) {
        if (link.dataset.variant === work.dataset.variant) {
          link.setAttribute("aria-current", "true");
          link.scrollIntoView({ block: "nearest" });
        } else link.removeAttribute("aria-current");
      }
      current = work;
      history.replaceState(null, "", "#" + work.dataset.variant);
    };

    const step = (by) => {
      const at = works.indexOf(current) + by;
      if (at >= 0 && at < works.length) show(works[at]);
    };

    const after = () => {
      const at = works.indexOf(current);
      const order = [...works.slice(at + 1), ...works.slice(0, at)];
      return (order.find((work) => work.dataset.state === "waiting") ?? current).dataset.variant;
    };

    const decide = async (action) => {
      if (busy || !current) return;
      busy = true;
      const { variant, sha256, copy, before } = current.dataset;
      const next = after();
      let answer;
      try {
        const response = await fetch("decisions", {
          method: "POST",
          headers: { "content-type": "application/json", "x-proofpress-token": token },
          body: JSON.stringify({ variant, action, sha256, copy_sha256: copy, before }),
        });
        answer = { text: (await response.json()).said, kind: response.ok ? "good" : "bad" };
      } catch {
        say("The page has ended; start proofpress review again", "bad");
        busy = false;
        return;
      }
      sessionStorage.setItem(SAID, JSON.stringify(answer));
      history.replaceState(null, "", "#" + (answer.kind === "good" ? next : variant));
      location.reload();
    };

    const press = (action) => {
      const button = current?.querySelector(`.presses [data-action=${action}]`);
      if (!button || button.disabled) return;
      if (action === "approve") ask(true);
      else decide(action);
    };

    document.addEventListener("click", (event) => {
      const link = event.target.closest(".queue a");
      const button = event.target.closest("button");
      if (link) {
        event.preventDefault();
        show(works.find((work) => work.dataset.variant === link.dataset.variant));
      } else if (button?.dataset.confirm) {
        if (button.dataset.confirm === "yes") decide("approve");
        else ask(false);
      } else if (button?.dataset.action) press(button.dataset.action);
    });

    const keys = {
      j: () => step(1),
      k: () => step(-1),
      o: () => look(LOOKS[(LOOKS.indexOf(document.body.dataset.look) + 1) % LOOKS.length]),
      a: () => press("approve"),
      r: () => press("reject"),
      t: () => press("typeset"),
      y: () => press("retry"),
    };
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (asking()) {
        if (event.key === "Escape") ask(false);
        if (event.key !== "Enter" || event.target.closest("[data-confirm]")) return;
        event.preventDefault();
        decide("approve");
        return;
      }
      const act = keys[event.key.toLowerCase()];
      if (act) {
        event.preventDefault();
        act();
      }
    });

    const wanted = () => works.find((work) => work.dataset.variant === decodeURIComponent(location.hash.slice(1)));
    addEventListener("hashchange", () => show(wanted()));
    show(wanted() ?? works[0]);
  };

  document.addEventListener("DOMContentLoaded", start);
})();
