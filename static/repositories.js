// Looks up repositories on GitHub by what is typed: once somebody pauses, and so that the last question's answer counts,
// whatever comes when. No DOM in here.

import { realTimers } from "./retry.js";

/**
 * As on the wire (`GET /api/github/repositories`). `project_id` is a project that has it already.
 * @typedef {{ full_name: string, description: string | null, url: string, private: boolean, archived: boolean, project_id: string | null }} Repository
 * @typedef {{ has_token: boolean, repositories: Repository[] }} Answer
 * @typedef {{ answer: Answer | null, problem: string | null, isBusy: boolean }} Found
 */

/** Who types pauses for longer than this between two words, and for less between two letters. */
const PAUSE_MS = 200;

/** What is looked for when this is in the field: of an address the owner and the name. @param {string} text */
export const questionOf = (text) => text.trim().replace(/^https?:\/\/[^/]*\/?/i, "").replace(/(\.git)?\/*$/, "");

/** What a repository is called without its owner. @param {{ full_name: string }} repository */
export const plainName = ({ full_name }) => full_name.slice(full_name.indexOf("/") + 1);

/** Those of them that are looked for now: what was found for another question is not chosen by mistake. @param {Repository[]} repositories @param {string} question */
export function matching(repositories, question) {
  const words = question.toLowerCase();
  return repositories.filter(({ full_name, description }) => [full_name, description ?? ""].some((text) => text.toLowerCase().includes(words)));
}

/**
 * @param {{ ask: (question: string) => Promise<Answer>, on: (found: Found) => void, words: (error: unknown) => string, timers?: import("./retry.js").Timers }} options
 */
export function createLookup({ ask, on, words, timers = realTimers }) {
  /** @type {any} */
  let timer = null;
  let asked = 0;
  /** @type {Answer | null} */
  let last = null;

  /** @param {string} question */
  async function look(question) {
    const own = ++asked;
    const say = (/** @type {Partial<Found>} */ news) => { if (own === asked) on({ answer: last, problem: null, isBusy: false, ...news }); };
    say({ isBusy: true });
    try {
      const answer = await ask(question);
      if (own === asked) last = answer;
      say({});
    } catch (error) {
      say({ problem: words(error) });
    }
  }

  function stop() {
    if (timer !== null) timers.clear(timer);
    timer = null;
  }

  return {
    /** Asks at once. @param {string} question */
    now(question) {
      stop();
      return look(question);
    },
    /** Asks when nothing else was wanted for a moment; an answer that is still under way is to another question. @param {string} question */
    soon(question) {
      stop();
      asked++;
      on({ answer: last, problem: null, isBusy: true });
      timer = timers.set(() => { timer = null; void look(question); }, PAUSE_MS);
    },
    /** Nobody waits for an answer any more. */
    stop() {
      stop();
      asked++;
    },
  };
}
