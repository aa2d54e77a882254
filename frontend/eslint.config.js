import js from '@eslint/js';
import a11y from 'eslint-plugin-jsx-a11y';
import react from 'eslint-plugin-react';
import hooks from 'eslint-plugin-react-hooks';
import globals from 'globals';

export default [
  { ignores: ['dist'] },
  js.configs.recommended,
  react.configs.flat.recommended,
  react.configs.flat['jsx-runtime'],
  a11y.flatConfigs.recommended,
  {
    files: ['**/*.{js,jsx}'],
    plugins: { 'react-hooks': hooks },
    languageOptions: { globals: globals.browser },
    settings: { react: { version: '18.3' } },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      'react/prop-types': 'off',
      'no-console': 'error',
      complexity: ['error', 10],
      'max-lines': ['error', 500],
      // React 18 knows no inert; lists without bullets lose their role in Safari without one.
      'jsx-a11y/no-redundant-roles': ['error', { ul: ['list'], ol: ['list'] }],
    },
  },
  {
    // What a component shows or leaves out counts as a branch there.
    files: ['**/*.jsx'],
    rules: { complexity: ['error', 14] },
  },
  {
    files: ['*.config.js', 'scripts/**', 'e2e/**', 'src/testing/**', 'src/**/*.test.*'],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
];
