// Puts the window on the page.
import { mount } from 'svelte';
import App from './app/App.svelte';
import './shared/styles/tokens.css';
import './shared/styles/base.css';
import './shared/styles/pages.css';

const target = document.getElementById('app');
if (target) mount(App, { target });
