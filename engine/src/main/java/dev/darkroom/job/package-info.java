/** Plain values: jobs, results, sizes, pictures, progress, errors. Imports nothing of ours. */
@NullMarked
package dev.darkroom.job;

import org.jspecify.annotations.NullMarked;
