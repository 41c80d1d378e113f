// An incident's whole story, told by a client that was generated from the OpenAPI document and
// checked by the compiler: what it was told, and what was answered, as JSON on both ends.

import { readFileSync } from "node:fs";

import { createClient, createConfig } from "./generated/client";
import type { AppendEntryData, OpenIncidentData } from "./generated/types.gen";
import {
  appendEntry,
  findSpecies,
  getIncident,
  getReleases,
  openIncident,
  putPhoto,
  signIn,
} from "./generated/sdk.gen";

interface Told {
  base: string;
  badge: string;
  password: string;
  opening: OpenIncidentData["body"];
  entries: AppendEntryData["body"][];
  photos: { id: string; caption: string; base64: string }[];
}

async function tell(told: Told): Promise<object> {
  const strangers = createClient(createConfig({ baseUrl: told.base }));
  const { badge, password } = told;
  const session = await signIn({ client: strangers, body: { badge, password }, throwOnError: true });

  const client = createClient(createConfig({ baseUrl: told.base, auth: session.data.access_token }));
  const opened = await openIncident({ client, body: told.opening, throwOnError: true });
  const incident_id = opened.data.id;
  const types: string[] = [];
  for (const body of told.entries) {
    const path = { incident_id };
    const appended = await appendEntry({ client, path, body, throwOnError: true });
    types.push(appended.data.type);
  }
  for (const { id, caption, base64 } of told.photos) {
    await putPhoto({
      client,
      path: { incident_id, photo_id: id },
      query: { caption },
      body: new Blob([Buffer.from(base64, "base64")]),
      throwOnError: true,
    });
  }

  const species: string[] = [];
  let cursor: string | null | undefined;
  do {
    const query = { family: "鸬鹚科", limit: 1, cursor };
    const page = await findSpecies({ client, query, throwOnError: true });
    species.push(...page.data.items.map((one) => one.species_id));
    cursor = page.data.next_cursor;
  } while (cursor);

  const first = await getReleases({ client, query: { limit: 1 }, throwOnError: true });
  const incident = await getIncident({ client, path: { incident_id }, throwOnError: true });
  const refused = await appendEntry({
    client,
    path: { incident_id },
    body: { ...told.entries[0]!, happened_at: "2124-01-01T00:00:00+08:00", id: incident_id },
  });
  return {
    types,
    species,
    released: first.data.items.map((one) => one.species_id),
    state: incident.data.state,
    problem: refused.error?.code,
  };
}

tell(JSON.parse(readFileSync(0, "utf8"))).then(
  (answered) => process.stdout.write(JSON.stringify(answered)),
  (problem) => {
    process.stderr.write(JSON.stringify(problem));
    process.exitCode = 1;
  },
);
