// What the activity pane lets through: each choice works at once, and the whole log is looked through by the server.

import { html } from "../lib.js";
import { KINDS, NO_FILTER, PERIODS, SOURCES, countOf, isEmpty, toggled } from "../filter.js";
import { setFilter } from "../lookup.js";
import { filter, menu, view } from "../store.js";
import { commandWords, kebab } from "../words.js";
import { Popover } from "./popover.js";

export function FilterMenu() {
  return html`
    <${Popover} name="filter" icon="filter" label="Filter" title="Filter the steps" count=${countOf(filter.value)}>
      <${Choices} />
    <//>`;
}

function Choices() {
  const held = filter.value;
  const change = (/** @type {Partial<import("../filter.js").Filter>} */ part) => void setFilter({ ...held, ...part });
  const commands = [...new Set([...Object.values(view.value.executions).map(({ command }) => kebab(command)), ...held.commands])].filter(Boolean);
  const phases = [...new Set([...view.value.activities.flatMap(({ phase }) => phase ? [phase] : []), ...(held.phase ? [held.phase] : [])])];
  const group = (/** @type {string} */ legend, /** @type {"kinds" | "sources" | "commands"} */ list, /** @type {{ id: string, label: string }[]} */ options) => html`
    <fieldset><legend>${legend}</legend>
      ${options.map(({ id, label }) => html`
        <label class="choice" key=${id}><input type="checkbox" checked=${held[list].includes(id)} onChange=${() => void setFilter(toggled(held, list, id))} /><span>${label}</span></label>`)}
    </fieldset>`;
  return html`
    <div class="filter-choices">
      <label class="choice strong"><input type="checkbox" checked=${held.errors} onChange=${() => change({ errors: !held.errors })} /><span>Only what went wrong</span></label>
      ${group("What", "kinds", KINDS)}
      ${group("From", "sources", SOURCES)}
      ${commands.length > 0 && group("Command", "commands", commands.map((id) => ({ id, label: commandName(id, commands) })).sort((a, b) => a.label.localeCompare(b.label)))}
      ${phases.length > 0 && html`
        <fieldset><legend>Phase</legend>
          <select class="input" aria-label="Phase" value=${held.phase} onChange=${(/** @type {any} */ e) => change({ phase: e.target.value })}>
            <option value="">Every phase</option>${phases.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}
          </select></fieldset>`}
      <fieldset><legend>When</legend>
        <select class="input" aria-label="When" value=${held.period} onChange=${(/** @type {any} */ e) => change({ period: e.target.value })}>
          ${PERIODS.map(({ id, label }) => html`<option key=${id} value=${id}>${label}</option>`)}
        </select>
        ${held.period === "between" && html`
          <label class="between"><span>From</span><input type="datetime-local" class="input" value=${held.from} max=${held.to || undefined} onChange=${(/** @type {any} */ e) => change({ from: e.target.value })} /></label>
          <label class="between"><span>Until</span><input type="datetime-local" class="input" value=${held.to} min=${held.from || undefined} onChange=${(/** @type {any} */ e) => change({ to: e.target.value })} /></label>`}
      </fieldset>
    </div>
    <footer class="popover-foot">
      <button type="button" class="button small quiet" disabled=${isEmpty(held)} onClick=${() => void setFilter(NO_FILTER)}>Clear all</button>
      <button type="button" class="button small" onClick=${() => { menu.value = null; }}>Done</button>
    </footer>`;
}

/** Two commands may have one name in front of people; then the command itself tells them apart. @param {string} id @param {string[]} all */
export function commandName(id, all) {
  const { title } = commandWords(id);
  return all.some((other) => other !== id && commandWords(other).title === title) ? `${title} (${id})` : title;
}
