// Filters the table of norms by words, instrument, bearer, modality, and by what each is on a day.
"use strict";
(() => {
  const entries = JSON.parse(document.getElementById("entries").textContent);
  const rows = [...document.querySelectorAll("#norms tbody tr")];
  const field = (id) => document.getElementById(id);
  const form = field("search");
  const count = field("count");
  const rank = ["", "not yet law", "superseded", "upcoming", "applies"];

  const state = ([begins, ends, knownFrom, knownUntil], day) => {
    if (knownFrom && day < knownFrom) return "not yet law";
    if ((knownUntil && knownUntil < day) || (ends && ends < day)) return "superseded";
    return begins && day < begins ? "upcoming" : "applies";
  };
  const best = (periods, day) => {
    const found = periods.map((p) => [state(p, day), p[0]]);
    const status = found.reduce((a, [s]) => (rank.indexOf(s) > rank.indexOf(a) ? s : a), "");
    const days = found.filter(([s, d]) => s === status && d).map(([, d]) => d);
    return { status, since: days.sort()[0] || "" };
  };
  const standing = (periods, day) => {
    const settled = periods.filter((p) => !p[4]);
    const contested = periods.filter((p) => p[4]);
    if (!settled.length && contested.length) {
      const found = contested.map((p) => best([p], day)).sort((a, b) => rank.indexOf(a.status) - rank.indexOf(b.status));
      const [least, most] = [found[0], found[found.length - 1]];
      return { ...least, contested: most.status === least.status ? "" : most.status };
    }
    const own = best(settled, day);
    const other = best(contested, day).status;
    return { ...own, contested: rank.indexOf(other) > rank.indexOf(own.status) && contested.length ? other : "" };
  };
  const style = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
  const spoken = (day) => new Date(`${day}T00:00:00Z`).toLocaleDateString("en-GB", style);
  const words = (at) => {
    const joint = { upcoming: " from ", applies: " since " }[at.status];
    const since = joint && at.since ? joint + spoken(at.since).replaceAll(" ", "\u00a0") : "";
    return at.status + since + (at.contested ? ` (${at.contested} on a contested reading)` : "");
  };

  const show = () => {
    const asked = field("words").value.toLowerCase().split(/\s+/).filter(Boolean);
    const [instrument, bearer, modality, day, status] = ["instrument", "bearer", "modality", "day", "status"].map(
      (id) => field(id).value
    );
    let shown = 0;
    entries.forEach((entry, number) => {
      const at = day ? standing(entry.periods, day) : null;
      const fits =
        asked.every((word) => entry.text.includes(word)) &&
        (!instrument || entry.instrument === instrument) &&
        (!bearer || entry.bearers.includes(bearer)) &&
        (!modality || entry.kinds.includes(modality)) &&
        (!status || !at || at.status === status || at.contested === status);
      rows[number].hidden = !fits;
      shown += fits ? 1 : 0;
      const cell = rows[number].lastElementChild;
      if (cell.dataset.all === undefined) cell.dataset.all = cell.textContent;
      cell.textContent = at ? words(at) : cell.dataset.all;
    });
    count.textContent = `${shown} of ${entries.length} norms` + (day ? `, and what each is on ${spoken(day)}` : "");
  };

  const now = new Date();
  const two = (number) => String(number).padStart(2, "0");
  const today = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  field("day").defaultValue = today;
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", show);
  form.addEventListener("reset", () => setTimeout(show));
  show();
})();
