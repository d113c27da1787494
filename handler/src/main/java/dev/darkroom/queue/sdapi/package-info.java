/** The API of stable-diffusion-webui, as chat front ends call it. */
@NullMarked
package dev.darkroom.queue.sdapi;

import org.jspecify.annotations.NullMarked;
