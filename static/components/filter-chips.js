// What is filtered, each part removable by a click, and how much of the log that leaves.

import { html } from "../lib.js";
import { KINDS, NO_FILTER, SOURCES, countOf, isEmpty, periodWords, toggled } from "../filter.js";
import { setFilter } from "../lookup.js";
import { filter, view } from "../store.js";
import { Icon } from "./icon.js";
import { commandName } from "./filter-menu.js";

export function FilterChips() {
  const held = filter.value;
  if (isEmpty(held)) return null;
  const name = (/** @type {{ id: string, label: string }[]} */ options, /** @type {string} */ id) => options.find((one) => one.id === id)?.label ?? id;
  const chips = [
    ...(held.errors ? [{ label: "Only what went wrong", rest: { ...held, errors: false } }] : []),
    ...held.kinds.map((id) => ({ label: name(KINDS, id), rest: toggled(held, "kinds", id) })),
    ...held.sources.map((id) => ({ label: name(SOURCES, id), rest: toggled(held, "sources", id) })),
    ...held.commands.map((id) => ({ label: commandName(id, held.commands), rest: toggled(held, "commands", id) })),
    ...(held.phase ? [{ label: held.phase, rest: { ...held, phase: "" } }] : []),
    ...(held.period ? [{ label: periodWords(held), rest: { ...held, period: "", from: "", to: "" } }] : []),
  ];
  return html`
    <div class="chips">
      <ul aria-label="What is filtered">
        ${chips.map(({ label, rest }) => html`
          <li key=${label}><button type="button" class="chip" aria-label=${`Remove the filter: ${label}`} onClick=${() => void setFilter(rest)}>${label}<${Icon} name="close" /></button></li>`)}
      </ul>
      <div class="chips-foot"><p role="status">${countWords()}</p>
        ${countOf(held) > 1 && html`<button type="button" class="link" onClick=${() => void setFilter(NO_FILTER)}>Clear all</button>`}</div>
    </div>`;
}

/** "Showing 12 of 340 entries": what is hidden is said. */
function countWords() {
  const { lens, head } = view.value;
  if (!lens?.isLoaded) return "Looking…";
  const all = Math.max(0, head - lens.first + 1).toLocaleString("en");
  const n = lens.activities.length.toLocaleString("en");
  if (lens.hasEarlier && lens.hasLater) return `Showing ${n} of ${all} entries, and more match`;
  return lens.hasEarlier || lens.hasLater ? `Showing the ${lens.hasLater ? "first" : "newest"} ${n} that match, of ${all} entries` : `Showing ${n} of ${all} entries`;
}
