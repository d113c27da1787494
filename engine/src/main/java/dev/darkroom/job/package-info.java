/** Plain values: jobs, results, sizes, pictures, progress, errors. This package imports no other package of the project. */
@NullMarked
package dev.darkroom.job;

import org.jspecify.annotations.NullMarked;
