// Draw documents with Redoc, Swagger UI or Stoplight Elements and save the pages as a browser has them.
//
// usage: node browser.mjs TOOL DOCUMENTS OUTPUT [DOCUMENT ...]
//
// Run it in a folder with node_modules that has playwright-core, redoc, swagger-ui-dist and @stoplight/elements.
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

const require = createRequire(path.join(process.cwd(), 'index.js'));
const { chromium } = require('playwright-core');
const [tool, documents, output, ...only] = process.argv.slice(2);
const modules = path.join(process.cwd(), 'node_modules');
const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

const head = '<!doctype html><html lang="en"><head><meta charset="utf-8">';
const swagger = { dom_id: '#page', docExpansion: 'full', defaultModelExpandDepth: 6, defaultModelsExpandDepth: 6,
  defaultModelRendering: 'model', showCommonExtensions: true, validatorUrl: null };
const redoc = { expandResponses: 'all', schemasExpansionLevel: 'all', jsonSamplesExpandLevel: 'all', lazyRendering: false };
const drawn = 'window.drawn = true';
const pages = {
  'swagger-ui': (name) => `${head}</head><body><div id="page"></div>
    <script src="/modules/swagger-ui-dist/swagger-ui-bundle.js"></script>
    <script>SwaggerUIBundle({...${JSON.stringify(swagger)}, url: '/documents/${name}', onComplete() { ${drawn} }})</script>`,
  redoc: (name) => `${head}</head><body><div id="page"></div><script src="/modules/redoc/bundles/redoc.standalone.js"></script>
    <script>Redoc.init('/documents/${name}', ${JSON.stringify(redoc)}, document.getElementById('page'), () => { ${drawn} })</script>`,
  elements: (name) => `${head}<script src="/modules/@stoplight/elements/web-components.min.js"></script></head><body>
    <elements-api apiDescriptionUrl="/documents/${name}" router="hash" layout="sidebar"></elements-api>`,
};

const server = http.createServer((request, response) => {
  const [, folder, ...rest] = decodeURIComponent(request.url.split('?')[0]).split('/');
  const file = path.join({ modules, documents }[folder] ?? '', ...rest);
  if (folder === 'pages') {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(pages[tool](rest[0]));
  } else if (folder in { modules, documents } && fs.existsSync(file)) {
    response.setHeader('content-type', file.endsWith('.js') ? 'text/javascript' : 'application/json');
    response.end(fs.readFileSync(file));
  } else {
    response.statusCode = 404;
    response.end();
  }
});
await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
const address = `http://127.0.0.1:${server.address().port}`;

/** The page as the browser has it. */
const htmlOf = (page) => page.evaluate(() => document.documentElement.outerHTML);

/** Wait until the size of the page no longer changes. */
async function settle(page, pause) {
  for (let last = -1, size = 0; last !== size;) {
    last = size;
    size = (await htmlOf(page)).length;
    await page.waitForTimeout(pause);
  }
}

/** Click all elements of a selector, until there are none. */
async function clickAll(page, selector, rounds, text = '') {
  for (let round = 0; round < rounds; round += 1) {
    const count = await page.evaluate(([query, wanted]) => {
      const found = [...document.querySelectorAll(query)].filter((each) => !wanted || each.textContent === wanted);
      found.forEach((each) => (each.closest('[role=button], button') ?? each)
        .dispatchEvent(new MouseEvent('click', { bubbles: true })));
      return found.length;
    }, [selector, text]);
    if (!count) return;
    await settle(page, 300);
  }
}

function save(name, html) {
  fs.writeFileSync(path.join(output, `${name}.html`), `<!DOCTYPE html>\n${html}`);
}

async function drawOnePage(page, document, name) {
  await page.goto(`${address}/pages/${document}`);
  await page.waitForFunction('window.drawn', null, { timeout: 60_000 });
  await settle(page, 700);
  if (tool === 'swagger-ui') {
    await clickAll(page, '.opblock-tag[data-is-open=false]', 2);
    await clickAll(page, '.opblock:not(.is-open) .opblock-summary-control[aria-expanded=false]', 2);
    await clickAll(page, '.tablinks[data-name=model][aria-selected=false]', 2);
    await clickAll(page, '.opblock .prop-enum button[aria-expanded=false]', 4);
    await clickAll(page, '.opblock .model-box .json-schema-2020-12-expand-deep-button', 6, 'Expand all');
  }
  save(name, await htmlOf(page));
}

/** Letters and digits: Elements writes paths in addresses in a form of its own. */
const fold = (text) => text.replace(/[^A-Za-z0-9]/g, '');

async function drawOperations(page, document, name) {
  await page.goto(`${address}/pages/${document}`);
  await page.waitForSelector('elements-api a[href^="#/"]', { timeout: 60_000 });
  await settle(page, 700);
  await clickAll(page, 'elements-api [title] [data-icon=chevron-right]', 3);
  const operations = new Map();
  const { paths } = JSON.parse(fs.readFileSync(path.join(documents, document), 'utf8'));
  for (const [template, item] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(item).filter(([, each]) => each?.responses)) {
      const key = `${method.toUpperCase()} ${template}`;
      operations.set(operation.operationId ? `#/operations/${operation.operationId}` : `${fold(template)}/${method}`, key);
    }
  }
  const links = await page.evaluate(() => [...document.querySelectorAll('elements-api a[href^="#/"]')]
    .map((link) => link.getAttribute('href')).filter((link) => /^#\/(operations|paths)\//.test(link)));
  const rows = [];
  for (const [index, link] of [...new Set(links)].entries()) {
    await page.evaluate((hash) => { window.location.hash = hash; }, link);
    await page.waitForTimeout(250);
    await settle(page, 250);
    for (const panel of await page.$$('[data-test=http-operation-security-row] [role=button][aria-expanded=false]')) {
      await panel.click({ timeout: 2_000 }).catch(() => {});
    }
    await clickAll(page, 'elements-api .JsonSchemaViewer [data-icon=chevron-right]', 9);
    const html = await htmlOf(page);
    const parts = link.replace('#/paths', '').split('/');
    const key = operations.get(decodeURIComponent(link)) ?? operations.get(`${fold(parts.slice(0, -1).join('/'))}/${parts.at(-1)}`);
    if (html.includes('HttpOperation') && key) {
      const stem = `${name}-${String(index + 1).padStart(2, '0')}`;
      save(stem, html);
      rows.push(`${stem}\t${key}\n`);
    }
  }
  fs.appendFileSync(path.join(output, 'operations.tsv'), rows.join(''));
}

fs.mkdirSync(output, { recursive: true });
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'profile-'));
// Swagger UI draws long lists of operations as far as they are visible.
const viewport = { width: 1500, height: tool === 'swagger-ui' ? 40_000 : 1_200 };
const browser = await chromium.launchPersistentContext(profile, { executablePath: '/usr/bin/chromium', viewport, args: flags });
for (const document of fs.readdirSync(documents).filter((file) => file.endsWith('.json'))) {
  const name = document.replace(/\.json$/, '');
  if (only.length && !only.includes(name)) continue;
  const page = await browser.newPage();
  try {
    await (tool === 'elements' ? drawOperations : drawOnePage)(page, document, name);
    fs.copyFileSync(path.join(documents, document), path.join(output, document));
    console.log(tool, name);
  } catch (problem) {
    console.log(tool, name, 'was not drawn:', String(problem).slice(0, 200));
  }
  await page.close();
}
await browser.close();
server.close();
fs.rmSync(profile, { recursive: true, force: true });
