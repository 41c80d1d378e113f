// What an app that writes its own requests takes from the OpenAPI document: the types alone.

import type { paths } from "./types";

type Appending = paths["/api/v1/incidents/{incident_id}/entries"]["post"];
type Appended = Appending["responses"][201]["content"]["application/json"];
type Refused = Appending["responses"][422]["content"]["application/problem+json"];

export const idOf = (entry: Appended): string => entry.id;
export const sentenceOf = (problem: Refused): string => problem.detail;
