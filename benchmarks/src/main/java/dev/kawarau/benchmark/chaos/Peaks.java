package dev.kawarau.benchmark.chaos;

/** The most that was seen of what the proxy and the process held, in bytes; and of files. Written by one thread. */
final class Peaks {
    private volatile long heap;
    private volatile long direct;
    private volatile long budget;
    private volatile int files;

    void look(Proxy proxy) {
        heap = Math.max(heap, Footprint.heapNow());
        direct = Math.max(direct, Footprint.directNow());
        budget = Math.max(budget, proxy.budget().usedBytes());
    }

    /** Takes milliseconds where thousands of files are open, so it is for now and then. */
    void countFiles() {
        files = Math.max(files, Footprint.filesNow());
    }

    @Override
    public String toString() {
        return "heap " + Footprint.megabytes(heap) + ", direct " + Footprint.megabytes(direct) + ", byte budget "
                + Footprint.megabytes(budget) + ", files " + files;
    }
}
