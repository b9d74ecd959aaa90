import { render } from 'preact';
import { suivre } from './state/flux';
import { revenir } from './state/moi';
import { Page } from './page';

render(<Page />, document.querySelector('#page')!);
suivre();
void revenir();
