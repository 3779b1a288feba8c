import { Anchor, Button, Menu } from '@mantine/core';
import { createLink } from '@tanstack/react-router';

/** A link to a page of the panel that looks like a button. */
export const ButtonLink = createLink(Button<'a'>);
/** A link to a page of the panel in a text. */
export const TextLink = createLink(Anchor<'a'>);
/** A link to a page of the panel in a menu. */
export const MenuLink = createLink(Menu.Item<'a'>);
