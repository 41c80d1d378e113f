// A file of its own: the page's Content-Security-Policy lets no inline script run.
SwaggerUIBundle({
  url: "/docs/openapi.json",
  dom_id: "#swagger-container",
  deepLinking: true,
  showExtensions: true,
  showCommonExtensions: true,
  validatorUrl: null, // the default asks a server on the internet
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
});
