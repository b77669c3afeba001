// A Docusaurus site with a page per operation of each document in the folder DOCUMENTS.
const fs = require('node:fs');

const config = {};
for (const file of fs.readdirSync(process.env.DOCUMENTS).filter((name) => name.endsWith('.json'))) {
  const id = file.replace(/\.json$/, '').replace(/[^a-z0-9]/gi, '-');
  const sidebarOptions = { groupPathsBy: 'tag' };
  config[id] = { specPath: `${process.env.DOCUMENTS}/${file}`, outputDir: `docs/${id}`, sidebarOptions };
}
const docs = { routeBasePath: '/', sidebarPath: undefined, docItemComponent: '@theme/ApiItem' };
module.exports = {
  title: 'Docs',
  url: 'https://docs.example.test',
  baseUrl: '/',
  onBrokenLinks: 'ignore',
  trailingSlash: false,
  future: { faster: true, v4: true },
  presets: [['classic', { docs, blog: false, pages: false }]],
  plugins: [['docusaurus-plugin-openapi-docs', { id: 'openapi', docsPluginId: 'classic', config }]],
  themes: ['docusaurus-theme-openapi-docs'],
};
