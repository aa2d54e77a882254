import { addMessages } from 'lib/i18n.js';
import en from './strings.en.js';
import es from './strings.es.js';

addMessages({ en, es });

export { PracticePlayer } from './PracticePlayer.jsx';
