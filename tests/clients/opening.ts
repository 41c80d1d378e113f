// The opening that the README shows, held against what zod knows of the OpenAPI document.

import { opening } from "./readme";
import { zOpenIncidentBody } from "./generated/zod.gen";

const checked = zOpenIncidentBody.safeParse(opening);
process.stdout.write(JSON.stringify({ wrong: checked.success ? [] : checked.error.issues }));
