import { askEarly, siteUrl } from 'lib/api.js';

const ofTask = ({ result }) => result?.thumbnail_url;
const ofSaved = (item) => item?.thumbnail_url;
const LIST = '/collections?ordering=-created_at&page=1&page_size=12';

// By the page's address: what it asks for, and the first picture in that answer.
const PAGES = [
  [/^\/tasks\/([^/]+)\/?$/, (id) => [[`/choreography/tasks/${id}`, ofTask]]],
  [/^\/collections\/([^/]+)\/?$/, (id) => [[`/collections/${id}`, ofSaved]]],
  [
    /^\/collections\/?$/,
    () => [
      [LIST, ({ results }) => ofSaved(results[0])],
      ['/collections/stats', () => null],
    ],
  ],
];

function questionsOf({ pathname, search }) {
  if (search) return [];
  const found = PAGES.map(([pattern, questions]) => [pattern.exec(pathname), questions]);
  const [match, questions] = found.find(([each]) => each) ?? [];
  return match ? questions(match[1]) : [];
}

/** Ask for what a page will show while its code is still on its way, and for its first picture. */
export function askForPage(location) {
  questionsOf(location).forEach(async ([path, posterOf]) => {
    const answer = await askEarly(path).catch(() => null); // the page itself hears of it
    const poster = answer?.data && posterOf(answer.data);
    if (poster) new Image().src = siteUrl(poster);
  });
}
