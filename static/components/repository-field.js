// The field for a repository's address. Whose server may ask GitHub in somebody's name finds a repository by a part of its name;
// an address can be typed in any case.

import { html, useEffect, useId, useLayoutEffect, useRef, useState } from "../lib.js";
import { api, words } from "../api.js";
import { count } from "../format.js";
import { createLookup, matching, questionOf } from "../repositories.js";
import { projects } from "../store.js";
import { Icon } from "./icon.js";

/** So many are shown; who looks for another types more of its name. */
const SHOWN = 20;
/** Between the field and its list, and between the list and the edge of the window. */
const GAP_PX = 4;
/** The list is not lower than this; where there is less room it lies over the field. */
const HEIGHT_MIN_PX = 120;
const HEIGHT_MAX_PX = 280;

const HINT = "Its issues and pull requests are then shown below the project.";
const NO_TOKEN = "The address of a public repository can be typed here. To choose from your own, whoever runs the server sets GITHUB_ACCESS_TOKEN.";

/** @typedef {import("../repositories.js").Repository} Repository */

/**
 * @param {{ name: string, value: string, error?: string, own?: string, onInput: (value: string) => void, onChoose: (repository: Repository) => void }} props
 *   `own` is the project whose repository it is
 */
export function RepositoryField({ name, value, error, own, onInput, onChoose }) {
  const id = useId();
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [found, setFound] = useState(/** @type {import("../repositories.js").Found} */ ({ answer: null, problem: null, isBusy: false }));
  const [isWanted, setWanted] = useState(false);
  const [at, setAt] = useState(-1);
  const [question, setQuestion] = useState("");
  const lookup = useRef(/** @type {ReturnType<typeof createLookup> | null} */ (null));
  lookup.current ??= createLookup({ ask: (question) => api.repositories(question, SHOWN), on: setFound, words });
  useEffect(() => () => lookup.current?.stop(), []);

  const hasToken = found.answer?.has_token;
  const options = found.problem ? [] : matching(found.answer?.repositories ?? [], question);
  const isOpen = isWanted && (hasToken === true || found.problem !== null);
  const chosen = isOpen ? Math.min(at, options.length - 1) : -1;

  const close = () => { setWanted(false); setAt(-1); };
  const open = () => {
    if (isWanted) return;
    setWanted(true);
    // Who opens it without a word wants to see what there is, also in the place of what is chosen.
    setQuestion("");
    void lookup.current?.now("");
  };
  const type = (/** @type {string} */ text) => {
    onInput(text);
    setAt(-1);
    setWanted(true);
    setQuestion(questionOf(text));
    lookup.current?.soon(questionOf(text));
  };
  const choose = (/** @type {Repository} */ repository) => {
    close();
    onChoose(repository);
    input.current?.focus();
  };
  const move = (/** @type {number} */ to) => {
    if (!isOpen) return open();
    if (options.length > 0) setAt((to + options.length) % options.length);
  };
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    if (event.isComposing) return;
    /** @type {Record<string, (() => void) | false>} */
    const keys = {
      ArrowDown: () => move(chosen + 1),
      ArrowUp: () => move(chosen < 0 ? options.length - 1 : chosen - 1),
      Enter: chosen >= 0 && (() => choose(options[chosen])),
      // The dialog is closed by the next one.
      Escape: isOpen && close,
    };
    const deed = keys[event.key];
    if (!deed) return;
    event.preventDefault();
    event.stopPropagation();
    deed();
  };
  const notes = [`${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return html`
    <div class="field">
      <label for=${id}>GitHub repository <span class="optional">optional</span></label>
      <input type="text" id=${id} name=${name} class="input mono" ref=${input} value=${value} placeholder="https://github.com/you/web-shop" autocomplete="off" autocapitalize="off" spellcheck=${false}
        role="combobox" aria-autocomplete="list" aria-haspopup="listbox" aria-expanded=${isOpen && options.length > 0} aria-controls=${isOpen && options.length > 0 ? `${id}-list` : undefined}
        aria-activedescendant=${chosen >= 0 ? `${id}-${chosen}` : undefined} aria-invalid=${error ? "true" : undefined} aria-describedby=${notes}
        onInput=${(/** @type {any} */ event) => type(event.target.value)} onKeyDown=${key} onClick=${open} onFocus=${() => { if (!found.answer && !found.isBusy) void lookup.current?.now(""); }} onBlur=${close} />
      ${isOpen && html`<${Choices} id=${id} anchor=${input} options=${options} problem=${found.problem} isBusy=${found.isBusy} chosen=${chosen} own=${own} onChoose=${choose} />`}
      <p class="sr-only" role="status">${isOpen ? found.problem ?? (found.isBusy ? "" : summary(options.length)) : ""}</p>
      <p class="hint" id=${`${id}-hint`}>${hasToken === false ? NO_TOKEN : HINT}</p>
      ${error && html`<p class="field-error" id=${`${id}-error`} role="alert">${error}</p>`}
    </div>`;
}

/** @param {number} number */
const summary = (number) => number === 0 ? "No repository is called like that." : `${count(number, "repository", "repositories")}. The arrow keys choose one.`;

/** @param {{ id: string, anchor: { current: HTMLElement | null }, options: Repository[], problem: string | null, isBusy: boolean, chosen: number, own?: string, onChoose: (repository: Repository) => void }} props */
function Choices({ id, anchor, options, problem, isBusy, chosen, own, onChoose }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    const put = () => { if (box.current && anchor.current) place(box.current, anchor.current.getBoundingClientRect()); };
    box.current?.showPopover();
    put();
    addEventListener("resize", put);
    document.addEventListener("scroll", put, true);
    return () => {
      removeEventListener("resize", put);
      document.removeEventListener("scroll", put, true);
    };
  }, []);
  useEffect(() => { box.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }); }, [chosen]);
  // What is pressed in it leaves the focus in the field, which closes it when it goes.
  return html`
    <div class="found-list" ref=${box} popover="manual" onPointerDown=${(/** @type {Event} */ event) => event.preventDefault()}>
      ${options.length > 0 && html`
        <ul role="listbox" id=${`${id}-list`} aria-label="Repositories" aria-busy=${isBusy}>
          ${options.map((one, i) => html`
            <li key=${one.full_name} id=${`${id}-${i}`} class="found-one" role="option" aria-selected=${i === chosen} onClick=${() => onChoose(one)}><${Choice} repository=${one} own=${own} /></li>`)}
        </ul>`}
      ${problem ? html`<p class="found-note">${problem} The address can be typed as well.</p>` : options.length === 0 && html`<p class="found-note">${isBusy ? "Looking…" : "No repository is called like that. The address of any public one can be typed."}</p>`}
    </div>`;
}

/** @param {{ repository: Repository, own?: string }} props */
function Choice({ repository, own }) {
  const { full_name, description, archived, project_id } = repository;
  const holder = project_id && project_id !== own && (projects.value.find(({ id }) => id === project_id)?.name ?? "another project");
  return html`
    <span class="found-name"><${Icon} name="folder" /><span>${full_name}</span>
      ${repository.private && html`<span class="badge">private</span>`}${archived && html`<span class="badge">archived</span>`}</span>
    ${holder && html`<span class="found-more">Project “${holder}” has it already</span>`}
    ${description && html`<span class="found-more">${description}</span>`}`;
}

/** Below the field, as wide as it and within the window; above where there is more room. @param {HTMLElement} box @param {DOMRect} field */
function place(box, field) {
  const below = innerHeight - field.bottom - 2 * GAP_PX;
  const above = field.top - 2 * GAP_PX;
  const isBelow = below >= HEIGHT_MIN_PX || below >= above;
  box.style.left = `${field.left}px`;
  box.style.width = `${field.width}px`;
  box.style.maxHeight = `${Math.min(HEIGHT_MAX_PX, Math.max(HEIGHT_MIN_PX, isBelow ? below : above))}px`;
  box.style.top = isBelow ? `${field.bottom + GAP_PX}px` : "auto";
  box.style.bottom = isBelow ? "auto" : `${innerHeight - field.top + GAP_PX}px`;
}
