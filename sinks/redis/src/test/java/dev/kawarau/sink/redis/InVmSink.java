package dev.kawarau.sink.redis;

/** The way for other packages of tests to a sink whose server is in this JVM. */
public final class InVmSink {
    private InVmSink() {}

    /** Begins a sink that connects to a {@code LocalServerChannel} and draws its pauses from a seed. */
    public static RedisSink.Builder to(String name, int database, long seed) {
        return RedisSink.to("redis://in-vm/" + database).inVm(name, seed);
    }
}
