// What the stories of editors do with their hands.

import { enter, tabTo } from "./keyboard.mjs";

/// A picture to hand in: one pixel, blue.
export const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPj/HwADBwIAMCbHYQAAAABJRU5ErkJggg==", "base64");

/// By keyboard alone; without script by a click.
export async function press(scene, v, button) {
  if (scene.room.script) {
    await tabTo(v, button, 400);
    await enter(v);
  } else {
    await v.follow(button);
  }
}
