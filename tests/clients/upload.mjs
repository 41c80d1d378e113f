// Sends one file with tus-js-client, as an app would. The job is JSON on standard input:
//
//   {"file": path, "endpoint": address, "url": the upload to go on with, if it has one already,
//    "token": bearer token, "metadata": {...}, "chunk_size": bytes, "retry_delays_ms": [...],
//    "options": {...}: any others of the client's}
//
// Each line of standard output is JSON: {"url": address} once the upload has one, and at the end
// {"done": true} or {"error": message}.
import { createReadStream, readFileSync } from 'node:fs'
import { Upload } from 'tus-js-client'

const job = JSON.parse(readFileSync(0, 'utf8'))
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`)

const upload = new Upload(createReadStream(job.file), {
  endpoint: job.endpoint,
  uploadUrl: job.url,
  headers: { Authorization: `Bearer ${job.token}` },
  metadata: job.metadata,
  chunkSize: job.chunk_size,
  retryDelays: job.retry_delays_ms,
  ...job.options,
  onUploadUrlAvailable: () => say({ url: upload.url }),
  onSuccess: () => say({ done: true }),
  onError: (error) => say({ error: error.message }),
})
upload.start()
