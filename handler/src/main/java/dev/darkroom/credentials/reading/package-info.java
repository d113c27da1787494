/** Reading and verifying content credentials, from whomever they come. */
@NullMarked
package dev.darkroom.credentials.reading;

import org.jspecify.annotations.NullMarked;
