// The list of projects as people look for them: by a part of a name, and those first that wait for somebody.

import { placeOf } from "./format.js";

/** @typedef {import("./state.js").Project} Project */

/** Those with every word of the search in their name, their description or their place. @param {Project[]} projects @param {string} search */
export function matching(projects, search) {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return projects.filter((project) => {
    const text = [project.name, project.description, placeOf(project)].join("\n").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** @param {Project[]} projects */
export function byNeed(projects) {
  return {
    needing: projects.filter((p) => Boolean(p.needs_attention)),
    others: projects.filter((p) => !p.needs_attention),
  };
}
