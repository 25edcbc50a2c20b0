// How the server and GitHub get on: in whose name it asks, what GitHub still allows, what is wrong, and what was brought in.

import { html } from "../lib.js";
import { ago, toMs } from "../format.js";
import { githubFacts, importWords } from "../github-words.js";

/** So many of those that could not be brought in are named; how many there are is said. */
const SHOWN = 10;

/** @param {{ github: any, at: number }} props */
export function GitHubCard({ github, at }) {
  if (!github) return null;
  const brought = importWords(github.import, at);
  return html`
    <section class="server-part" aria-labelledby="github-title">
      <h3 id="github-title">GitHub</h3>
      ${github.trouble && html`<p class="server-says" data-tone="bad">${github.trouble.message} (${ago(toMs(github.trouble.at) ?? at, at)})</p>`}
      <dl class="facts">${githubFacts(github, at).map(({ name, says }) => html`<div key=${name}><dt>${name}</dt><dd>${says}</dd></div>`)}</dl>
      ${brought && html`<p class="server-says" data-tone=${brought.tone}>${brought.says}</p>`}
      ${brought && github.import.failed?.length > 0 && html`
        <ul aria-label="Projects that were not brought in">
          ${github.import.failed.slice(0, SHOWN).map((/** @type {any} */ one, /** @type {number} */ i) => html`
            <li class="server-row" key=${i}><span class="server-name">${one.name}</span><span class="server-says" data-tone="bad">${one.why}</span></li>`)}
        </ul>`}
    </section>`;
}
