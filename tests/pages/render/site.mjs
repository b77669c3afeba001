// Save the pages of a built Docusaurus site as a browser has them, with all details open.
//
// usage: node site.mjs SITE DOCUMENTS OUTPUT
//
// SITE is the folder of the site: `npx docusaurus gen-api-docs all && npx docusaurus build` ran in it with
// `site.config.js` as its configuration. Run it in a folder with node_modules that has playwright-core.
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';

const require = createRequire(path.join(process.cwd(), 'index.js'));
const { chromium } = require('playwright-core');
const [site, documents, output] = process.argv.slice(2);
const build = path.join(site, 'build');
const types = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html; charset=utf-8' };
const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

const server = http.createServer((request, response) => {
  let file = path.join(build, decodeURIComponent(request.url.split('?')[0]));
  if (!fs.existsSync(file) || fs.statSync(file).isDirectory()) file += '.html';
  response.statusCode = fs.existsSync(file) ? 200 : 404;
  response.setHeader('content-type', types[path.extname(file)] ?? 'application/octet-stream');
  response.end(fs.existsSync(file) ? fs.readFileSync(file) : undefined);
});
await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
const address = `http://127.0.0.1:${server.address().port}`;

fs.mkdirSync(output, { recursive: true });
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'profile-'));
const browser = await chromium.launchPersistentContext(profile, { executablePath: '/usr/bin/chromium', args: flags });
const page = await browser.newPage();
const size = () => page.evaluate(() => document.documentElement.outerHTML.length);
const rows = [];
for (const document of fs.readdirSync(documents).filter((file) => file.endsWith('.json'))) {
  const name = document.replace(/\.json$/, '');
  const folder = path.join(site, 'docs', name.replace(/[^A-Za-z0-9]/g, '-'));
  fs.copyFileSync(path.join(documents, document), path.join(output, document));
  const sources = fs.existsSync(folder) ? fs.readdirSync(folder, { recursive: true }) : [];
  for (const source of sources.filter((file) => file.endsWith('.api.mdx'))) {
    const packed = /^api: (\S+)$/m.exec(fs.readFileSync(path.join(folder, source), 'utf8'))[1];
    const operation = JSON.parse(zlib.inflateSync(Buffer.from(packed, 'base64')));
    const route = source.replace(/\.api\.mdx$/, '');
    await page.goto(`${address}/${path.basename(folder)}/${route}`);
    await page.waitForTimeout(400);
    for (let last = -1; last !== await size(); await page.waitForTimeout(200)) last = await size();
    for (let round = 0, closed = 1; round < 4 && closed; round += 1) {
      closed = await page.evaluate(() => {
        const summaries = [...document.querySelectorAll('main details[data-collapsed=true] > summary')];
        summaries.forEach((summary) => summary.click());
        return summaries.length;
      });
      await page.waitForTimeout(closed ? 500 : 0);
    }
    const stem = `${name}-${path.basename(route)}`;
    const html = await page.evaluate(() => document.documentElement.outerHTML);
    fs.writeFileSync(path.join(output, `${stem}.html`), `<!DOCTYPE html>\n${html}`);
    rows.push(`${stem}\t${operation.method.toUpperCase()} ${operation.path}\n`);
  }
}
fs.writeFileSync(path.join(output, 'operations.tsv'), rows.join(''));
await browser.close();
server.close();
fs.rmSync(profile, { recursive: true, force: true });
