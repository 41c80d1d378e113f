"""How a request comes and goes. Knows no record, but for what the document says of informants.

- The wire: `bodies`, `transport`, `headers`, `heads`, `cors`, `observing`, `stopping`,
  `background`.
- What is asked: `requests`, `parameters`, `moments`, `decoding`, `negotiation`, `pages`, `ranges`,
  `etags`.
- What is wrong with it: `problems`, their `catalogue`, what finds faults (`faults`, `expecting`,
  `patches`, `no_json`, `near`, `within`, `readable`, `type_info`), what makes sentences of them
  (`wording`, `phrases`, `addresses`), and what answers with them (`exceptions`, `problem_details`).
- The OpenAPI document: `document`, `openapi`, `responses`, `answer_headers`.
- For who runs it: `health`, `operations`, `metrics`, `counting`, `log`.
"""
