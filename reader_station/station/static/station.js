// The page follows the reader: states arrive as events; a person's data only by fetching the panel.
"use strict";

(() => {
  const ACTIVITY_MILLISECONDS = 10_000;
  const token = document.querySelector("meta[name=csrf]").content;
  const panel = document.getElementById("panel");
  const idle = document.getElementById("idle");
  const lamps = document.querySelector(".lamps");
  const channel = new BroadcastChannel("nhicard-station");
  let latest = null; // the newest status, or null while there is no connection
  let shown = null; // the version that the panel shows
  let isLoading = false;
  let lastAct = 0;

  function send(path, fields) {
    const headers = { "X-CSRF-Token": token, "Content-Type": "application/x-www-form-urlencoded" };
    return fetch(path, { method: "POST", headers, body: new URLSearchParams(fields) });
  }

  // --- events: one tab holds the connection (a browser opens six at most) and passes states on to the others ---

  function listen() {
    return new Promise(() => {
      const source = new EventSource("/events");
      source.onmessage = (event) => publish(JSON.parse(event.data));
      source.onerror = () => publish(null);
      channel.addEventListener("message", (event) => event.data === "ask" && channel.postMessage({ status: latest }));
    });
  }

  function publish(status) {
    channel.postMessage({ status });
    update(status);
  }

  function update(status) {
    latest = status;
    showLamps();
    if (status && status.idle) idle.open || idle.showModal();
    else idle.close();
    if (panel) follow();
  }

  function showLamps() {
    if (!lamps) return;
    lamps.classList.toggle("lost", latest === null);
    for (const lamp of lamps.querySelectorAll("[data-lamp]")) {
      const isOn = latest !== null && latest[lamp.dataset.lamp];
      lamp.classList.toggle("on", isOn);
      const words = { ...lamps.dataset, ...lamp.dataset };
      lamp.querySelector("b").textContent = latest === null ? "–" : isOn ? words.on : words.off;
    }
  }

  // --- the panel ---

  function follow() {
    if (latest === null) {
      shown = null;
      wipe(lamps.dataset.lost);
    } else if (latest.version !== shown && !isLoading) {
      load();
    }
  }

  function wipe(text) {
    const line = document.createElement("p");
    line.className = "waiting";
    line.textContent = text;
    panel.replaceChildren(line); // everything typed or shown is gone
  }

  async function load() {
    isLoading = true;
    wipe(panel.dataset.waiting);
    try {
      const answer = await fetch(panel.dataset.panel, { cache: "no-store" });
      const text = await answer.text();
      shown = Number(answer.headers.get("X-Version"));
      panel.innerHTML = text;
      prepare();
    } catch {
      shown = null;
      wipe(lamps.dataset.lost);
    } finally {
      isLoading = false;
    }
    if (latest !== null && shown !== null && latest.version > shown) load();
  }

  function prepare() {
    const first = panel.querySelector("[aria-invalid]") || panel.querySelector("h1");
    if (first) first.focus();
    if (panel.querySelector("[data-place]")) fillPlaces("county");
    followPermanent();
    if (panel.querySelector("[data-probe]")) probe();
  }

  // --- places: three lists, each after the one before; free entry where a place is not in the list ---

  const LEVELS = ["county", "town", "village"];
  const select = (level) => panel.querySelector(`[data-place=${level}] select`);

  async function fillPlaces(level) {
    const list = select(level);
    const query = new URLSearchParams();
    for (const above of LEVELS.slice(0, LEVELS.indexOf(level))) query.set(above, select(above).value);
    const isAsked = [...query.values()].every((value) => value && value !== "*");
    const names = isAsked ? (await (await fetch(`/places?${query}`)).json()).names : [];
    if (list !== select(level)) return; // the panel was replaced meanwhile
    list.querySelectorAll("[data-name]").forEach((option) => option.remove());
    for (const name of names) {
      const option = new Option(name, name);
      option.dataset.name = "";
      list.add(option, list.options[list.options.length - 1]);
    }
    const isTyped = [...query.values()].includes("*") || (isAsked && names.length === 0);
    const chosen = list.dataset.chosen;
    list.value = isTyped ? "*" : names.includes(chosen) || chosen === "*" ? chosen : "";
    followPlace(level);
  }

  function followPlace(level) {
    const list = select(level);
    list.parentElement.querySelector("input").hidden = list.value !== "*";
    const below = LEVELS[LEVELS.indexOf(level) + 1];
    if (below) fillPlaces(below);
  }

  function followPermanent() {
    const box = panel && panel.querySelector("[name=is_permanent]");
    if (box) panel.querySelector("[name=expiry_date]").disabled = box.checked;
  }

  // --- the environment check's rows that only a browser can fill ---

  async function probe() {
    showProbe("script", navigator.cookieEnabled);
    let isDenied = false;
    try {
      isDenied = (await navigator.permissions.query({ name: "local-network-access" })).state === "denied";
    } catch {
      // this browser has no such permission and needs none
    }
    showProbe("permission", !isDenied);
  }

  function showProbe(name, isGood) {
    const row = panel.querySelector(`[data-probe=${name}]`);
    const word = row.querySelector("b");
    row.className = isGood || name === "popup" ? "fine" : "differs";
    word.textContent = `${isGood || name === "popup" ? "✓" : "✗"} ${isGood ? word.dataset.good : word.dataset.bad}`;
  }

  function testPopup() {
    const opened = window.open("about:blank", "", "width=240,height=120");
    showProbe("popup", opened !== null);
    if (opened) opened.close();
  }

  function copyReport(button) {
    const rows = [...panel.querySelectorAll("tbody tr")].map((row) =>
      [...row.cells].map((cell) => cell.firstChild.textContent.trim()).join(" | "),
    );
    const report = panel.querySelector("#report");
    report.value = [new Date().toISOString(), navigator.userAgent, ...rows].join("\n");
    report.hidden = false;
    report.select();
    const done = () => (button.textContent = button.dataset.done);
    navigator.clipboard.writeText(report.value).then(done, () => document.execCommand("copy") && done());
  }

  // --- what a person does ---

  function act() {
    const now = Date.now();
    if (latest && latest.state === "ready" && now - lastAct > ACTIVITY_MILLISECONDS) {
      lastAct = now;
      send("/activity", {});
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.hasAttribute("data-quiet")) {
      event.preventDefault();
      send(form.action, new FormData(form, event.submitter));
    } else if (form.dataset.sent) {
      event.preventDefault(); // pressed twice
    } else {
      form.dataset.sent = "yes";
      setTimeout(() => form.querySelectorAll("button").forEach((button) => (button.disabled = true)));
    }
  });

  document.addEventListener("change", (event) => {
    const place = event.target.closest("[data-place]");
    if (place && event.target.tagName === "SELECT") followPlace(place.dataset.place);
    if (event.target.name === "is_permanent") followPermanent();
    if (event.target.matches("[data-show-password]")) {
      for (const name of ["password", "password_again"]) {
        document.getElementById(name).type = event.target.checked ? "text" : "password";
      }
    }
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches("[data-print]")) window.print();
    if (button.matches("[data-test-popup]")) testPopup();
    if (button.matches("[data-copy]")) copyReport(button);
    if (button.matches("[data-stay]")) {
      lastAct = Date.now();
      send("/activity", {});
      idle.close();
    }
  });

  for (const kind of ["input", "keydown", "pointerdown"]) document.addEventListener(kind, act);
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  channel.addEventListener("message", (event) => event.data.status !== undefined && update(event.data.status));

  if (panel) load();
  if (lamps) {
    if (navigator.locks) navigator.locks.request("nhicard-station-events", listen);
    else listen();
    channel.postMessage("ask");
  }
})();
