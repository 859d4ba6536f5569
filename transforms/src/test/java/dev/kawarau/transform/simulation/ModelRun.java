package dev.kawarau.transform.simulation;

import dev.kawarau.testkit.history.RegisterHistory;
import dev.kawarau.testkit.simulation.World;
import java.util.SplittableRandom;

/** What {@link ModelClient}s have in common. */
public interface ModelRun {
    World world();

    /** What they were told. */
    RegisterHistory history();

    /** One of the keys that all use. */
    String sharedKey(SplittableRandom from);

    /** Notes an error; true if it says that nothing was done. */
    boolean failed(String error);

    /** The longest time between what a client does. */
    long thinks();
}
