// Every operation that C has, on pairs of numbers: the results of both inputs at
// each index, 64 for each operation.
module attributes {qnn.name = "ops", qnn.phase = "vectors", qvec.inputs = [{name = "x", type = tensor<64xi32>}, {name = "f", type = tensor<64xf32>}], qvec.outputs = [{name = "y", type = tensor<10368xi32>}], qvec.arena_bytes = 64 : i64} {
  func.func private @all(%input: memref<64xi32>, %floats: memref<64xf32>, %y: memref<10368xi32>, %arena: memref<64xi8>, %begin: index, %end: index) attributes {qvec.layer = "all", qvec.count = 64 : i64, qvec.target = #qvec.target<level = "scalar", triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "">} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c63 = arith.constant 63 : index
    %c32_i64 = arith.constant 32 : i64
    %c1_i32 = arith.constant 1 : i32
    %c1_i16 = arith.constant 1 : i16
    %c1_i8 = arith.constant 1 : i8
    %c1_i64 = arith.constant 1 : i64
    %c7_i32 = arith.constant 7 : i32
    %c7_i16 = arith.constant 7 : i16
    %c7_i8 = arith.constant 7 : i8
    %c7_i64 = arith.constant 7 : i64
    %c20_i32 = arith.constant 20 : i32
    %cmax = arith.constant 2147483647 : i32
    %view = memref.view %arena[%c0][] : memref<64xi8> to memref<16xi32>
    %base0 = arith.constant 0 : index
    %base1 = arith.constant 64 : index
    %base2 = arith.constant 128 : index
    %base3 = arith.constant 192 : index
    %base4 = arith.constant 256 : index
    %base5 = arith.constant 320 : index
    %base6 = arith.constant 384 : index
    %base7 = arith.constant 448 : index
    %base8 = arith.constant 512 : index
    %base9 = arith.constant 576 : index
    %base10 = arith.constant 640 : index
    %base11 = arith.constant 704 : index
    %base12 = arith.constant 768 : index
    %base13 = arith.constant 832 : index
    %base14 = arith.constant 896 : index
    %base15 = arith.constant 960 : index
    %base16 = arith.constant 1024 : index
    %base17 = arith.constant 1088 : index
    %base18 = arith.constant 1152 : index
    %base19 = arith.constant 1216 : index
    %base20 = arith.constant 1280 : index
    %base21 = arith.constant 1344 : index
    %base22 = arith.constant 1408 : index
    %base23 = arith.constant 1472 : index
    %base24 = arith.constant 1536 : index
    %base25 = arith.constant 1600 : index
    %base26 = arith.constant 1664 : index
    %base27 = arith.constant 1728 : index
    %base28 = arith.constant 1792 : index
    %base29 = arith.constant 1856 : index
    %base30 = arith.constant 1920 : index
    %base31 = arith.constant 1984 : index
    %base32 = arith.constant 2048 : index
    %base33 = arith.constant 2112 : index
    %base34 = arith.constant 2176 : index
    %base35 = arith.constant 2240 : index
    %base36 = arith.constant 2304 : index
    %base37 = arith.constant 2368 : index
    %base38 = arith.constant 2432 : index
    %base39 = arith.constant 2496 : index
    %base40 = arith.constant 2560 : index
    %base41 = arith.constant 2624 : index
    %base42 = arith.constant 2688 : index
    %base43 = arith.constant 2752 : index
    %base44 = arith.constant 2816 : index
    %base45 = arith.constant 2880 : index
    %base46 = arith.constant 2944 : index
    %base47 = arith.constant 3008 : index
    %base48 = arith.constant 3072 : index
    %base49 = arith.constant 3136 : index
    %base50 = arith.constant 3200 : index
    %base51 = arith.constant 3264 : index
    %base52 = arith.constant 3328 : index
    %base53 = arith.constant 3392 : index
    %base54 = arith.constant 3456 : index
    %base55 = arith.constant 3520 : index
    %base56 = arith.constant 3584 : index
    %base57 = arith.constant 3648 : index
    %base58 = arith.constant 3712 : index
    %base59 = arith.constant 3776 : index
    %base60 = arith.constant 3840 : index
    %base61 = arith.constant 3904 : index
    %base62 = arith.constant 3968 : index
    %base63 = arith.constant 4032 : index
    %base64 = arith.constant 4096 : index
    %base65 = arith.constant 4160 : index
    %base66 = arith.constant 4224 : index
    %base67 = arith.constant 4288 : index
    %base68 = arith.constant 4352 : index
    %base69 = arith.constant 4416 : index
    %base70 = arith.constant 4480 : index
    %base71 = arith.constant 4544 : index
    %base72 = arith.constant 4608 : index
    %base73 = arith.constant 4672 : index
    %base74 = arith.constant 4736 : index
    %base75 = arith.constant 4800 : index
    %base76 = arith.constant 4864 : index
    %base77 = arith.constant 4928 : index
    %base78 = arith.constant 4992 : index
    %base79 = arith.constant 5056 : index
    %base80 = arith.constant 5120 : index
    %base81 = arith.constant 5184 : index
    %base82 = arith.constant 5248 : index
    %base83 = arith.constant 5312 : index
    %base84 = arith.constant 5376 : index
    %base85 = arith.constant 5440 : index
    %base86 = arith.constant 5504 : index
    %base87 = arith.constant 5568 : index
    %base88 = arith.constant 5632 : index
    %base89 = arith.constant 5696 : index
    %base90 = arith.constant 5760 : index
    %base91 = arith.constant 5824 : index
    %base92 = arith.constant 5888 : index
    %base93 = arith.constant 5952 : index
    %base94 = arith.constant 6016 : index
    %base95 = arith.constant 6080 : index
    %base96 = arith.constant 6144 : index
    %base97 = arith.constant 6208 : index
    %base98 = arith.constant 6272 : index
    %base99 = arith.constant 6336 : index
    %base100 = arith.constant 6400 : index
    %base101 = arith.constant 6464 : index
    %base102 = arith.constant 6528 : index
    %base103 = arith.constant 6592 : index
    %base104 = arith.constant 6656 : index
    %base105 = arith.constant 6720 : index
    %base106 = arith.constant 6784 : index
    %base107 = arith.constant 6848 : index
    %base108 = arith.constant 6912 : index
    %base109 = arith.constant 6976 : index
    %base110 = arith.constant 7040 : index
    %base111 = arith.constant 7104 : index
    %base112 = arith.constant 7168 : index
    %base113 = arith.constant 7232 : index
    %base114 = arith.constant 7296 : index
    %base115 = arith.constant 7360 : index
    %base116 = arith.constant 7424 : index
    %base117 = arith.constant 7488 : index
    %base118 = arith.constant 7552 : index
    %base119 = arith.constant 7616 : index
    %base120 = arith.constant 7680 : index
    %base121 = arith.constant 7744 : index
    %base122 = arith.constant 7808 : index
    %base123 = arith.constant 7872 : index
    %base124 = arith.constant 7936 : index
    %base125 = arith.constant 8000 : index
    %base126 = arith.constant 8064 : index
    %base127 = arith.constant 8128 : index
    %base128 = arith.constant 8192 : index
    %base129 = arith.constant 8256 : index
    %base130 = arith.constant 8320 : index
    %base131 = arith.constant 8384 : index
    %base132 = arith.constant 8448 : index
    %base133 = arith.constant 8512 : index
    %base134 = arith.constant 8576 : index
    %base135 = arith.constant 8640 : index
    %base136 = arith.constant 8704 : index
    %base137 = arith.constant 8768 : index
    %base138 = arith.constant 8832 : index
    %base139 = arith.constant 8896 : index
    %base140 = arith.constant 8960 : index
    %base141 = arith.constant 9024 : index
    %base142 = arith.constant 9088 : index
    %base143 = arith.constant 9152 : index
    %base144 = arith.constant 9216 : index
    %base145 = arith.constant 9280 : index
    %base146 = arith.constant 9344 : index
    %base147 = arith.constant 9408 : index
    %base148 = arith.constant 9472 : index
    %base149 = arith.constant 9536 : index
    %base150 = arith.constant 9600 : index
    %base151 = arith.constant 9664 : index
    %base152 = arith.constant 9728 : index
    %base153 = arith.constant 9792 : index
    %base154 = arith.constant 9856 : index
    %base155 = arith.constant 9920 : index
    %base156 = arith.constant 9984 : index
    %base157 = arith.constant 10048 : index
    %base158 = arith.constant 10112 : index
    %base159 = arith.constant 10176 : index
    %base160 = arith.constant 10240 : index
    scf.for %i = %begin to %end step %c1 {
      %j = arith.subi %c63, %i : index
      %x = memref.load %input[%i] : memref<64xi32>
      %z = memref.load %input[%j] : memref<64xi32>
      %f = memref.load %floats[%i] : memref<64xf32>
      %g = memref.load %floats[%j] : memref<64xf32>
      %x16 = arith.trunci %x : i32 to i16
      %z16 = arith.trunci %z : i32 to i16
      %x8 = arith.trunci %x : i32 to i8
      %z8 = arith.trunci %z : i32 to i8
      %xl = arith.extsi %x : i32 to i64
      %zl = arith.extsi %z : i32 to i64
      %xh = arith.shli %xl, %c32_i64 : i64
      %x64 = arith.xori %xh, %zl : i64
      %z64 = arith.muli %xl, %zl : i64
      %si32 = arith.andi %z, %c7_i32 : i32
      %si16 = arith.andi %z16, %c7_i16 : i16
      %si8 = arith.andi %z8, %c7_i8 : i8
      %si64 = arith.andi %zl, %c7_i64 : i64
      %di32 = arith.addi %si32, %c1_i32 : i32
      %di16 = arith.addi %si16, %c1_i16 : i16
      %di8 = arith.addi %si8, %c1_i8 : i8
      %di64 = arith.addi %si64, %c1_i64 : i64
      %pos = arith.andi %z, %cmax : i32
      %small = arith.shrsi %x, %c20_i32 : i32
      %flag = arith.cmpi slt, %x, %z : i32
      %flag2 = arith.cmpf olt, %f, %g : f32
      %half = arith.bitcast %x16 : i16 to f16
      %bhalf = arith.bitcast %x16 : i16 to bf16
      %v0 = arith.addi %x, %z : i32
      %a0 = arith.addi %i, %base0 : index
      memref.store %v0, %y[%a0] : memref<10368xi32>
      %v1 = arith.subi %x, %z : i32
      %a1 = arith.addi %i, %base1 : index
      memref.store %v1, %y[%a1] : memref<10368xi32>
      %v2 = arith.muli %x, %z : i32
      %a2 = arith.addi %i, %base2 : index
      memref.store %v2, %y[%a2] : memref<10368xi32>
      %v3 = arith.andi %x, %z : i32
      %a3 = arith.addi %i, %base3 : index
      memref.store %v3, %y[%a3] : memref<10368xi32>
      %v4 = arith.ori %x, %z : i32
      %a4 = arith.addi %i, %base4 : index
      memref.store %v4, %y[%a4] : memref<10368xi32>
      %v5 = arith.xori %x, %z : i32
      %a5 = arith.addi %i, %base5 : index
      memref.store %v5, %y[%a5] : memref<10368xi32>
      %v6 = arith.minsi %x, %z : i32
      %a6 = arith.addi %i, %base6 : index
      memref.store %v6, %y[%a6] : memref<10368xi32>
      %v7 = arith.maxsi %x, %z : i32
      %a7 = arith.addi %i, %base7 : index
      memref.store %v7, %y[%a7] : memref<10368xi32>
      %v8 = arith.minui %x, %z : i32
      %a8 = arith.addi %i, %base8 : index
      memref.store %v8, %y[%a8] : memref<10368xi32>
      %v9 = arith.maxui %x, %z : i32
      %a9 = arith.addi %i, %base9 : index
      memref.store %v9, %y[%a9] : memref<10368xi32>
      %v10 = arith.shli %x, %si32 : i32
      %a10 = arith.addi %i, %base10 : index
      memref.store %v10, %y[%a10] : memref<10368xi32>
      %v11 = arith.shrui %x, %si32 : i32
      %a11 = arith.addi %i, %base11 : index
      memref.store %v11, %y[%a11] : memref<10368xi32>
      %v12 = arith.shrsi %x, %si32 : i32
      %a12 = arith.addi %i, %base12 : index
      memref.store %v12, %y[%a12] : memref<10368xi32>
      %v13 = arith.divui %x, %di32 : i32
      %a13 = arith.addi %i, %base13 : index
      memref.store %v13, %y[%a13] : memref<10368xi32>
      %v14 = arith.remui %x, %di32 : i32
      %a14 = arith.addi %i, %base14 : index
      memref.store %v14, %y[%a14] : memref<10368xi32>
      %v15 = arith.divsi %x, %di32 : i32
      %a15 = arith.addi %i, %base15 : index
      memref.store %v15, %y[%a15] : memref<10368xi32>
      %v16 = arith.remsi %x, %di32 : i32
      %a16 = arith.addi %i, %base16 : index
      memref.store %v16, %y[%a16] : memref<10368xi32>
      %v17 = arith.cmpi eq, %x, %z : i32
      %o17 = arith.extsi %v17 : i1 to i32
      %a17 = arith.addi %i, %base17 : index
      memref.store %o17, %y[%a17] : memref<10368xi32>
      %v18 = arith.cmpi ne, %x, %z : i32
      %o18 = arith.extsi %v18 : i1 to i32
      %a18 = arith.addi %i, %base18 : index
      memref.store %o18, %y[%a18] : memref<10368xi32>
      %v19 = arith.cmpi slt, %x, %z : i32
      %o19 = arith.extsi %v19 : i1 to i32
      %a19 = arith.addi %i, %base19 : index
      memref.store %o19, %y[%a19] : memref<10368xi32>
      %v20 = arith.cmpi sle, %x, %z : i32
      %o20 = arith.extsi %v20 : i1 to i32
      %a20 = arith.addi %i, %base20 : index
      memref.store %o20, %y[%a20] : memref<10368xi32>
      %v21 = arith.cmpi sgt, %x, %z : i32
      %o21 = arith.extsi %v21 : i1 to i32
      %a21 = arith.addi %i, %base21 : index
      memref.store %o21, %y[%a21] : memref<10368xi32>
      %v22 = arith.cmpi sge, %x, %z : i32
      %o22 = arith.extsi %v22 : i1 to i32
      %a22 = arith.addi %i, %base22 : index
      memref.store %o22, %y[%a22] : memref<10368xi32>
      %v23 = arith.cmpi ult, %x, %z : i32
      %o23 = arith.extsi %v23 : i1 to i32
      %a23 = arith.addi %i, %base23 : index
      memref.store %o23, %y[%a23] : memref<10368xi32>
      %v24 = arith.cmpi ule, %x, %z : i32
      %o24 = arith.extsi %v24 : i1 to i32
      %a24 = arith.addi %i, %base24 : index
      memref.store %o24, %y[%a24] : memref<10368xi32>
      %v25 = arith.cmpi ugt, %x, %z : i32
      %o25 = arith.extsi %v25 : i1 to i32
      %a25 = arith.addi %i, %base25 : index
      memref.store %o25, %y[%a25] : memref<10368xi32>
      %v26 = arith.cmpi uge, %x, %z : i32
      %o26 = arith.extsi %v26 : i1 to i32
      %a26 = arith.addi %i, %base26 : index
      memref.store %o26, %y[%a26] : memref<10368xi32>
      %v27 = arith.select %flag, %x, %z : i32
      %a27 = arith.addi %i, %base27 : index
      memref.store %v27, %y[%a27] : memref<10368xi32>
      %v28 = arith.sitofp %x : i32 to f32
      %o28 = arith.bitcast %v28 : f32 to i32
      %a28 = arith.addi %i, %base28 : index
      memref.store %o28, %y[%a28] : memref<10368xi32>
      %v29 = arith.uitofp %x : i32 to f32
      %o29 = arith.bitcast %v29 : f32 to i32
      %a29 = arith.addi %i, %base29 : index
      memref.store %o29, %y[%a29] : memref<10368xi32>
      %v30 = arith.addi %x16, %z16 : i16
      %o30 = arith.extsi %v30 : i16 to i32
      %a30 = arith.addi %i, %base30 : index
      memref.store %o30, %y[%a30] : memref<10368xi32>
      %v31 = arith.subi %x16, %z16 : i16
      %o31 = arith.extsi %v31 : i16 to i32
      %a31 = arith.addi %i, %base31 : index
      memref.store %o31, %y[%a31] : memref<10368xi32>
      %v32 = arith.muli %x16, %z16 : i16
      %o32 = arith.extsi %v32 : i16 to i32
      %a32 = arith.addi %i, %base32 : index
      memref.store %o32, %y[%a32] : memref<10368xi32>
      %v33 = arith.andi %x16, %z16 : i16
      %o33 = arith.extsi %v33 : i16 to i32
      %a33 = arith.addi %i, %base33 : index
      memref.store %o33, %y[%a33] : memref<10368xi32>
      %v34 = arith.ori %x16, %z16 : i16
      %o34 = arith.extsi %v34 : i16 to i32
      %a34 = arith.addi %i, %base34 : index
      memref.store %o34, %y[%a34] : memref<10368xi32>
      %v35 = arith.xori %x16, %z16 : i16
      %o35 = arith.extsi %v35 : i16 to i32
      %a35 = arith.addi %i, %base35 : index
      memref.store %o35, %y[%a35] : memref<10368xi32>
      %v36 = arith.minsi %x16, %z16 : i16
      %o36 = arith.extsi %v36 : i16 to i32
      %a36 = arith.addi %i, %base36 : index
      memref.store %o36, %y[%a36] : memref<10368xi32>
      %v37 = arith.maxsi %x16, %z16 : i16
      %o37 = arith.extsi %v37 : i16 to i32
      %a37 = arith.addi %i, %base37 : index
      memref.store %o37, %y[%a37] : memref<10368xi32>
      %v38 = arith.minui %x16, %z16 : i16
      %o38 = arith.extsi %v38 : i16 to i32
      %a38 = arith.addi %i, %base38 : index
      memref.store %o38, %y[%a38] : memref<10368xi32>
      %v39 = arith.maxui %x16, %z16 : i16
      %o39 = arith.extsi %v39 : i16 to i32
      %a39 = arith.addi %i, %base39 : index
      memref.store %o39, %y[%a39] : memref<10368xi32>
      %v40 = arith.shli %x16, %si16 : i16
      %o40 = arith.extsi %v40 : i16 to i32
      %a40 = arith.addi %i, %base40 : index
      memref.store %o40, %y[%a40] : memref<10368xi32>
      %v41 = arith.shrui %x16, %si16 : i16
      %o41 = arith.extsi %v41 : i16 to i32
      %a41 = arith.addi %i, %base41 : index
      memref.store %o41, %y[%a41] : memref<10368xi32>
      %v42 = arith.shrsi %x16, %si16 : i16
      %o42 = arith.extsi %v42 : i16 to i32
      %a42 = arith.addi %i, %base42 : index
      memref.store %o42, %y[%a42] : memref<10368xi32>
      %v43 = arith.divui %x16, %di16 : i16
      %o43 = arith.extsi %v43 : i16 to i32
      %a43 = arith.addi %i, %base43 : index
      memref.store %o43, %y[%a43] : memref<10368xi32>
      %v44 = arith.remui %x16, %di16 : i16
      %o44 = arith.extsi %v44 : i16 to i32
      %a44 = arith.addi %i, %base44 : index
      memref.store %o44, %y[%a44] : memref<10368xi32>
      %v45 = arith.divsi %x16, %di16 : i16
      %o45 = arith.extsi %v45 : i16 to i32
      %a45 = arith.addi %i, %base45 : index
      memref.store %o45, %y[%a45] : memref<10368xi32>
      %v46 = arith.remsi %x16, %di16 : i16
      %o46 = arith.extsi %v46 : i16 to i32
      %a46 = arith.addi %i, %base46 : index
      memref.store %o46, %y[%a46] : memref<10368xi32>
      %v47 = arith.cmpi eq, %x16, %z16 : i16
      %o47 = arith.extsi %v47 : i1 to i32
      %a47 = arith.addi %i, %base47 : index
      memref.store %o47, %y[%a47] : memref<10368xi32>
      %v48 = arith.cmpi ne, %x16, %z16 : i16
      %o48 = arith.extsi %v48 : i1 to i32
      %a48 = arith.addi %i, %base48 : index
      memref.store %o48, %y[%a48] : memref<10368xi32>
      %v49 = arith.cmpi slt, %x16, %z16 : i16
      %o49 = arith.extsi %v49 : i1 to i32
      %a49 = arith.addi %i, %base49 : index
      memref.store %o49, %y[%a49] : memref<10368xi32>
      %v50 = arith.cmpi sle, %x16, %z16 : i16
      %o50 = arith.extsi %v50 : i1 to i32
      %a50 = arith.addi %i, %base50 : index
      memref.store %o50, %y[%a50] : memref<10368xi32>
      %v51 = arith.cmpi sgt, %x16, %z16 : i16
      %o51 = arith.extsi %v51 : i1 to i32
      %a51 = arith.addi %i, %base51 : index
      memref.store %o51, %y[%a51] : memref<10368xi32>
      %v52 = arith.cmpi sge, %x16, %z16 : i16
      %o52 = arith.extsi %v52 : i1 to i32
      %a52 = arith.addi %i, %base52 : index
      memref.store %o52, %y[%a52] : memref<10368xi32>
      %v53 = arith.cmpi ult, %x16, %z16 : i16
      %o53 = arith.extsi %v53 : i1 to i32
      %a53 = arith.addi %i, %base53 : index
      memref.store %o53, %y[%a53] : memref<10368xi32>
      %v54 = arith.cmpi ule, %x16, %z16 : i16
      %o54 = arith.extsi %v54 : i1 to i32
      %a54 = arith.addi %i, %base54 : index
      memref.store %o54, %y[%a54] : memref<10368xi32>
      %v55 = arith.cmpi ugt, %x16, %z16 : i16
      %o55 = arith.extsi %v55 : i1 to i32
      %a55 = arith.addi %i, %base55 : index
      memref.store %o55, %y[%a55] : memref<10368xi32>
      %v56 = arith.cmpi uge, %x16, %z16 : i16
      %o56 = arith.extsi %v56 : i1 to i32
      %a56 = arith.addi %i, %base56 : index
      memref.store %o56, %y[%a56] : memref<10368xi32>
      %v57 = arith.select %flag, %x16, %z16 : i16
      %o57 = arith.extsi %v57 : i16 to i32
      %a57 = arith.addi %i, %base57 : index
      memref.store %o57, %y[%a57] : memref<10368xi32>
      %v58 = arith.sitofp %x16 : i16 to f32
      %o58 = arith.bitcast %v58 : f32 to i32
      %a58 = arith.addi %i, %base58 : index
      memref.store %o58, %y[%a58] : memref<10368xi32>
      %v59 = arith.uitofp %x16 : i16 to f32
      %o59 = arith.bitcast %v59 : f32 to i32
      %a59 = arith.addi %i, %base59 : index
      memref.store %o59, %y[%a59] : memref<10368xi32>
      %v60 = arith.addi %x8, %z8 : i8
      %o60 = arith.extsi %v60 : i8 to i32
      %a60 = arith.addi %i, %base60 : index
      memref.store %o60, %y[%a60] : memref<10368xi32>
      %v61 = arith.subi %x8, %z8 : i8
      %o61 = arith.extsi %v61 : i8 to i32
      %a61 = arith.addi %i, %base61 : index
      memref.store %o61, %y[%a61] : memref<10368xi32>
      %v62 = arith.muli %x8, %z8 : i8
      %o62 = arith.extsi %v62 : i8 to i32
      %a62 = arith.addi %i, %base62 : index
      memref.store %o62, %y[%a62] : memref<10368xi32>
      %v63 = arith.andi %x8, %z8 : i8
      %o63 = arith.extsi %v63 : i8 to i32
      %a63 = arith.addi %i, %base63 : index
      memref.store %o63, %y[%a63] : memref<10368xi32>
      %v64 = arith.ori %x8, %z8 : i8
      %o64 = arith.extsi %v64 : i8 to i32
      %a64 = arith.addi %i, %base64 : index
      memref.store %o64, %y[%a64] : memref<10368xi32>
      %v65 = arith.xori %x8, %z8 : i8
      %o65 = arith.extsi %v65 : i8 to i32
      %a65 = arith.addi %i, %base65 : index
      memref.store %o65, %y[%a65] : memref<10368xi32>
      %v66 = arith.minsi %x8, %z8 : i8
      %o66 = arith.extsi %v66 : i8 to i32
      %a66 = arith.addi %i, %base66 : index
      memref.store %o66, %y[%a66] : memref<10368xi32>
      %v67 = arith.maxsi %x8, %z8 : i8
      %o67 = arith.extsi %v67 : i8 to i32
      %a67 = arith.addi %i, %base67 : index
      memref.store %o67, %y[%a67] : memref<10368xi32>
      %v68 = arith.minui %x8, %z8 : i8
      %o68 = arith.extsi %v68 : i8 to i32
      %a68 = arith.addi %i, %base68 : index
      memref.store %o68, %y[%a68] : memref<10368xi32>
      %v69 = arith.maxui %x8, %z8 : i8
      %o69 = arith.extsi %v69 : i8 to i32
      %a69 = arith.addi %i, %base69 : index
      memref.store %o69, %y[%a69] : memref<10368xi32>
      %v70 = arith.shli %x8, %si8 : i8
      %o70 = arith.extsi %v70 : i8 to i32
      %a70 = arith.addi %i, %base70 : index
      memref.store %o70, %y[%a70] : memref<10368xi32>
      %v71 = arith.shrui %x8, %si8 : i8
      %o71 = arith.extsi %v71 : i8 to i32
      %a71 = arith.addi %i, %base71 : index
      memref.store %o71, %y[%a71] : memref<10368xi32>
      %v72 = arith.shrsi %x8, %si8 : i8
      %o72 = arith.extsi %v72 : i8 to i32
      %a72 = arith.addi %i, %base72 : index
      memref.store %o72, %y[%a72] : memref<10368xi32>
      %v73 = arith.divui %x8, %di8 : i8
      %o73 = arith.extsi %v73 : i8 to i32
      %a73 = arith.addi %i, %base73 : index
      memref.store %o73, %y[%a73] : memref<10368xi32>
      %v74 = arith.remui %x8, %di8 : i8
      %o74 = arith.extsi %v74 : i8 to i32
      %a74 = arith.addi %i, %base74 : index
      memref.store %o74, %y[%a74] : memref<10368xi32>
      %v75 = arith.divsi %x8, %di8 : i8
      %o75 = arith.extsi %v75 : i8 to i32
      %a75 = arith.addi %i, %base75 : index
      memref.store %o75, %y[%a75] : memref<10368xi32>
      %v76 = arith.remsi %x8, %di8 : i8
      %o76 = arith.extsi %v76 : i8 to i32
      %a76 = arith.addi %i, %base76 : index
      memref.store %o76, %y[%a76] : memref<10368xi32>
      %v77 = arith.cmpi eq, %x8, %z8 : i8
      %o77 = arith.extsi %v77 : i1 to i32
      %a77 = arith.addi %i, %base77 : index
      memref.store %o77, %y[%a77] : memref<10368xi32>
      %v78 = arith.cmpi ne, %x8, %z8 : i8
      %o78 = arith.extsi %v78 : i1 to i32
      %a78 = arith.addi %i, %base78 : index
      memref.store %o78, %y[%a78] : memref<10368xi32>
      %v79 = arith.cmpi slt, %x8, %z8 : i8
      %o79 = arith.extsi %v79 : i1 to i32
      %a79 = arith.addi %i, %base79 : index
      memref.store %o79, %y[%a79] : memref<10368xi32>
      %v80 = arith.cmpi sle, %x8, %z8 : i8
      %o80 = arith.extsi %v80 : i1 to i32
      %a80 = arith.addi %i, %base80 : index
      memref.store %o80, %y[%a80] : memref<10368xi32>
      %v81 = arith.cmpi sgt, %x8, %z8 : i8
      %o81 = arith.extsi %v81 : i1 to i32
      %a81 = arith.addi %i, %base81 : index
      memref.store %o81, %y[%a81] : memref<10368xi32>
      %v82 = arith.cmpi sge, %x8, %z8 : i8
      %o82 = arith.extsi %v82 : i1 to i32
      %a82 = arith.addi %i, %base82 : index
      memref.store %o82, %y[%a82] : memref<10368xi32>
      %v83 = arith.cmpi ult, %x8, %z8 : i8
      %o83 = arith.extsi %v83 : i1 to i32
      %a83 = arith.addi %i, %base83 : index
      memref.store %o83, %y[%a83] : memref<10368xi32>
      %v84 = arith.cmpi ule, %x8, %z8 : i8
      %o84 = arith.extsi %v84 : i1 to i32
      %a84 = arith.addi %i, %base84 : index
      memref.store %o84, %y[%a84] : memref<10368xi32>
      %v85 = arith.cmpi ugt, %x8, %z8 : i8
      %o85 = arith.extsi %v85 : i1 to i32
      %a85 = arith.addi %i, %base85 : index
      memref.store %o85, %y[%a85] : memref<10368xi32>
      %v86 = arith.cmpi uge, %x8, %z8 : i8
      %o86 = arith.extsi %v86 : i1 to i32
      %a86 = arith.addi %i, %base86 : index
      memref.store %o86, %y[%a86] : memref<10368xi32>
      %v87 = arith.select %flag, %x8, %z8 : i8
      %o87 = arith.extsi %v87 : i8 to i32
      %a87 = arith.addi %i, %base87 : index
      memref.store %o87, %y[%a87] : memref<10368xi32>
      %v88 = arith.sitofp %x8 : i8 to f32
      %o88 = arith.bitcast %v88 : f32 to i32
      %a88 = arith.addi %i, %base88 : index
      memref.store %o88, %y[%a88] : memref<10368xi32>
      %v89 = arith.uitofp %x8 : i8 to f32
      %o89 = arith.bitcast %v89 : f32 to i32
      %a89 = arith.addi %i, %base89 : index
      memref.store %o89, %y[%a89] : memref<10368xi32>
      %v90 = arith.addi %x64, %z64 : i64
      %h90 = arith.shrsi %v90, %c32_i64 : i64
      %m90 = arith.xori %v90, %h90 : i64
      %o90 = arith.trunci %m90 : i64 to i32
      %a90 = arith.addi %i, %base90 : index
      memref.store %o90, %y[%a90] : memref<10368xi32>
      %v91 = arith.subi %x64, %z64 : i64
      %h91 = arith.shrsi %v91, %c32_i64 : i64
      %m91 = arith.xori %v91, %h91 : i64
      %o91 = arith.trunci %m91 : i64 to i32
      %a91 = arith.addi %i, %base91 : index
      memref.store %o91, %y[%a91] : memref<10368xi32>
      %v92 = arith.muli %x64, %z64 : i64
      %h92 = arith.shrsi %v92, %c32_i64 : i64
      %m92 = arith.xori %v92, %h92 : i64
      %o92 = arith.trunci %m92 : i64 to i32
      %a92 = arith.addi %i, %base92 : index
      memref.store %o92, %y[%a92] : memref<10368xi32>
      %v93 = arith.andi %x64, %z64 : i64
      %h93 = arith.shrsi %v93, %c32_i64 : i64
      %m93 = arith.xori %v93, %h93 : i64
      %o93 = arith.trunci %m93 : i64 to i32
      %a93 = arith.addi %i, %base93 : index
      memref.store %o93, %y[%a93] : memref<10368xi32>
      %v94 = arith.ori %x64, %z64 : i64
      %h94 = arith.shrsi %v94, %c32_i64 : i64
      %m94 = arith.xori %v94, %h94 : i64
      %o94 = arith.trunci %m94 : i64 to i32
      %a94 = arith.addi %i, %base94 : index
      memref.store %o94, %y[%a94] : memref<10368xi32>
      %v95 = arith.xori %x64, %z64 : i64
      %h95 = arith.shrsi %v95, %c32_i64 : i64
      %m95 = arith.xori %v95, %h95 : i64
      %o95 = arith.trunci %m95 : i64 to i32
      %a95 = arith.addi %i, %base95 : index
      memref.store %o95, %y[%a95] : memref<10368xi32>
      %v96 = arith.minsi %x64, %z64 : i64
      %h96 = arith.shrsi %v96, %c32_i64 : i64
      %m96 = arith.xori %v96, %h96 : i64
      %o96 = arith.trunci %m96 : i64 to i32
      %a96 = arith.addi %i, %base96 : index
      memref.store %o96, %y[%a96] : memref<10368xi32>
      %v97 = arith.maxsi %x64, %z64 : i64
      %h97 = arith.shrsi %v97, %c32_i64 : i64
      %m97 = arith.xori %v97, %h97 : i64
      %o97 = arith.trunci %m97 : i64 to i32
      %a97 = arith.addi %i, %base97 : index
      memref.store %o97, %y[%a97] : memref<10368xi32>
      %v98 = arith.minui %x64, %z64 : i64
      %h98 = arith.shrsi %v98, %c32_i64 : i64
      %m98 = arith.xori %v98, %h98 : i64
      %o98 = arith.trunci %m98 : i64 to i32
      %a98 = arith.addi %i, %base98 : index
      memref.store %o98, %y[%a98] : memref<10368xi32>
      %v99 = arith.maxui %x64, %z64 : i64
      %h99 = arith.shrsi %v99, %c32_i64 : i64
      %m99 = arith.xori %v99, %h99 : i64
      %o99 = arith.trunci %m99 : i64 to i32
      %a99 = arith.addi %i, %base99 : index
      memref.store %o99, %y[%a99] : memref<10368xi32>
      %v100 = arith.shli %x64, %si64 : i64
      %h100 = arith.shrsi %v100, %c32_i64 : i64
      %m100 = arith.xori %v100, %h100 : i64
      %o100 = arith.trunci %m100 : i64 to i32
      %a100 = arith.addi %i, %base100 : index
      memref.store %o100, %y[%a100] : memref<10368xi32>
      %v101 = arith.shrui %x64, %si64 : i64
      %h101 = arith.shrsi %v101, %c32_i64 : i64
      %m101 = arith.xori %v101, %h101 : i64
      %o101 = arith.trunci %m101 : i64 to i32
      %a101 = arith.addi %i, %base101 : index
      memref.store %o101, %y[%a101] : memref<10368xi32>
      %v102 = arith.shrsi %x64, %si64 : i64
      %h102 = arith.shrsi %v102, %c32_i64 : i64
      %m102 = arith.xori %v102, %h102 : i64
      %o102 = arith.trunci %m102 : i64 to i32
      %a102 = arith.addi %i, %base102 : index
      memref.store %o102, %y[%a102] : memref<10368xi32>
      %v103 = arith.divui %x64, %di64 : i64
      %h103 = arith.shrsi %v103, %c32_i64 : i64
      %m103 = arith.xori %v103, %h103 : i64
      %o103 = arith.trunci %m103 : i64 to i32
      %a103 = arith.addi %i, %base103 : index
      memref.store %o103, %y[%a103] : memref<10368xi32>
      %v104 = arith.remui %x64, %di64 : i64
      %h104 = arith.shrsi %v104, %c32_i64 : i64
      %m104 = arith.xori %v104, %h104 : i64
      %o104 = arith.trunci %m104 : i64 to i32
      %a104 = arith.addi %i, %base104 : index
      memref.store %o104, %y[%a104] : memref<10368xi32>
      %v105 = arith.divsi %x64, %di64 : i64
      %h105 = arith.shrsi %v105, %c32_i64 : i64
      %m105 = arith.xori %v105, %h105 : i64
      %o105 = arith.trunci %m105 : i64 to i32
      %a105 = arith.addi %i, %base105 : index
      memref.store %o105, %y[%a105] : memref<10368xi32>
      %v106 = arith.remsi %x64, %di64 : i64
      %h106 = arith.shrsi %v106, %c32_i64 : i64
      %m106 = arith.xori %v106, %h106 : i64
      %o106 = arith.trunci %m106 : i64 to i32
      %a106 = arith.addi %i, %base106 : index
      memref.store %o106, %y[%a106] : memref<10368xi32>
      %v107 = arith.cmpi eq, %x64, %z64 : i64
      %o107 = arith.extsi %v107 : i1 to i32
      %a107 = arith.addi %i, %base107 : index
      memref.store %o107, %y[%a107] : memref<10368xi32>
      %v108 = arith.cmpi ne, %x64, %z64 : i64
      %o108 = arith.extsi %v108 : i1 to i32
      %a108 = arith.addi %i, %base108 : index
      memref.store %o108, %y[%a108] : memref<10368xi32>
      %v109 = arith.cmpi slt, %x64, %z64 : i64
      %o109 = arith.extsi %v109 : i1 to i32
      %a109 = arith.addi %i, %base109 : index
      memref.store %o109, %y[%a109] : memref<10368xi32>
      %v110 = arith.cmpi sle, %x64, %z64 : i64
      %o110 = arith.extsi %v110 : i1 to i32
      %a110 = arith.addi %i, %base110 : index
      memref.store %o110, %y[%a110] : memref<10368xi32>
      %v111 = arith.cmpi sgt, %x64, %z64 : i64
      %o111 = arith.extsi %v111 : i1 to i32
      %a111 = arith.addi %i, %base111 : index
      memref.store %o111, %y[%a111] : memref<10368xi32>
      %v112 = arith.cmpi sge, %x64, %z64 : i64
      %o112 = arith.extsi %v112 : i1 to i32
      %a112 = arith.addi %i, %base112 : index
      memref.store %o112, %y[%a112] : memref<10368xi32>
      %v113 = arith.cmpi ult, %x64, %z64 : i64
      %o113 = arith.extsi %v113 : i1 to i32
      %a113 = arith.addi %i, %base113 : index
      memref.store %o113, %y[%a113] : memref<10368xi32>
      %v114 = arith.cmpi ule, %x64, %z64 : i64
      %o114 = arith.extsi %v114 : i1 to i32
      %a114 = arith.addi %i, %base114 : index
      memref.store %o114, %y[%a114] : memref<10368xi32>
      %v115 = arith.cmpi ugt, %x64, %z64 : i64
      %o115 = arith.extsi %v115 : i1 to i32
      %a115 = arith.addi %i, %base115 : index
      memref.store %o115, %y[%a115] : memref<10368xi32>
      %v116 = arith.cmpi uge, %x64, %z64 : i64
      %o116 = arith.extsi %v116 : i1 to i32
      %a116 = arith.addi %i, %base116 : index
      memref.store %o116, %y[%a116] : memref<10368xi32>
      %v117 = arith.select %flag, %x64, %z64 : i64
      %h117 = arith.shrsi %v117, %c32_i64 : i64
      %m117 = arith.xori %v117, %h117 : i64
      %o117 = arith.trunci %m117 : i64 to i32
      %a117 = arith.addi %i, %base117 : index
      memref.store %o117, %y[%a117] : memref<10368xi32>
      %v118 = arith.sitofp %x64 : i64 to f32
      %o118 = arith.bitcast %v118 : f32 to i32
      %a118 = arith.addi %i, %base118 : index
      memref.store %o118, %y[%a118] : memref<10368xi32>
      %v119 = arith.uitofp %x64 : i64 to f32
      %o119 = arith.bitcast %v119 : f32 to i32
      %a119 = arith.addi %i, %base119 : index
      memref.store %o119, %y[%a119] : memref<10368xi32>
      %v120 = arith.addf %f, %g : f32
      %o120 = arith.bitcast %v120 : f32 to i32
      %a120 = arith.addi %i, %base120 : index
      memref.store %o120, %y[%a120] : memref<10368xi32>
      %v121 = arith.subf %f, %g : f32
      %o121 = arith.bitcast %v121 : f32 to i32
      %a121 = arith.addi %i, %base121 : index
      memref.store %o121, %y[%a121] : memref<10368xi32>
      %v122 = arith.mulf %f, %g : f32
      %o122 = arith.bitcast %v122 : f32 to i32
      %a122 = arith.addi %i, %base122 : index
      memref.store %o122, %y[%a122] : memref<10368xi32>
      %v123 = arith.divf %f, %g : f32
      %o123 = arith.bitcast %v123 : f32 to i32
      %a123 = arith.addi %i, %base123 : index
      memref.store %o123, %y[%a123] : memref<10368xi32>
      %v124 = arith.cmpf oeq, %f, %g : f32
      %o124 = arith.extsi %v124 : i1 to i32
      %a124 = arith.addi %i, %base124 : index
      memref.store %o124, %y[%a124] : memref<10368xi32>
      %v125 = arith.cmpf ogt, %f, %g : f32
      %o125 = arith.extsi %v125 : i1 to i32
      %a125 = arith.addi %i, %base125 : index
      memref.store %o125, %y[%a125] : memref<10368xi32>
      %v126 = arith.cmpf oge, %f, %g : f32
      %o126 = arith.extsi %v126 : i1 to i32
      %a126 = arith.addi %i, %base126 : index
      memref.store %o126, %y[%a126] : memref<10368xi32>
      %v127 = arith.cmpf olt, %f, %g : f32
      %o127 = arith.extsi %v127 : i1 to i32
      %a127 = arith.addi %i, %base127 : index
      memref.store %o127, %y[%a127] : memref<10368xi32>
      %v128 = arith.cmpf ole, %f, %g : f32
      %o128 = arith.extsi %v128 : i1 to i32
      %a128 = arith.addi %i, %base128 : index
      memref.store %o128, %y[%a128] : memref<10368xi32>
      %v129 = arith.cmpf one, %f, %g : f32
      %o129 = arith.extsi %v129 : i1 to i32
      %a129 = arith.addi %i, %base129 : index
      memref.store %o129, %y[%a129] : memref<10368xi32>
      %v130 = arith.cmpf ord, %f, %g : f32
      %o130 = arith.extsi %v130 : i1 to i32
      %a130 = arith.addi %i, %base130 : index
      memref.store %o130, %y[%a130] : memref<10368xi32>
      %v131 = arith.cmpf ueq, %f, %g : f32
      %o131 = arith.extsi %v131 : i1 to i32
      %a131 = arith.addi %i, %base131 : index
      memref.store %o131, %y[%a131] : memref<10368xi32>
      %v132 = arith.cmpf ugt, %f, %g : f32
      %o132 = arith.extsi %v132 : i1 to i32
      %a132 = arith.addi %i, %base132 : index
      memref.store %o132, %y[%a132] : memref<10368xi32>
      %v133 = arith.cmpf uge, %f, %g : f32
      %o133 = arith.extsi %v133 : i1 to i32
      %a133 = arith.addi %i, %base133 : index
      memref.store %o133, %y[%a133] : memref<10368xi32>
      %v134 = arith.cmpf ult, %f, %g : f32
      %o134 = arith.extsi %v134 : i1 to i32
      %a134 = arith.addi %i, %base134 : index
      memref.store %o134, %y[%a134] : memref<10368xi32>
      %v135 = arith.cmpf ule, %f, %g : f32
      %o135 = arith.extsi %v135 : i1 to i32
      %a135 = arith.addi %i, %base135 : index
      memref.store %o135, %y[%a135] : memref<10368xi32>
      %v136 = arith.cmpf une, %f, %g : f32
      %o136 = arith.extsi %v136 : i1 to i32
      %a136 = arith.addi %i, %base136 : index
      memref.store %o136, %y[%a136] : memref<10368xi32>
      %v137 = arith.cmpf uno, %f, %g : f32
      %o137 = arith.extsi %v137 : i1 to i32
      %a137 = arith.addi %i, %base137 : index
      memref.store %o137, %y[%a137] : memref<10368xi32>
      %v138 = arith.negf %f : f32
      %o138 = arith.bitcast %v138 : f32 to i32
      %a138 = arith.addi %i, %base138 : index
      memref.store %o138, %y[%a138] : memref<10368xi32>
      %v139 = math.fma %f, %g, %f : f32
      %o139 = arith.bitcast %v139 : f32 to i32
      %a139 = arith.addi %i, %base139 : index
      memref.store %o139, %y[%a139] : memref<10368xi32>
      %v140 = math.roundeven %f : f32
      %o140 = arith.bitcast %v140 : f32 to i32
      %a140 = arith.addi %i, %base140 : index
      memref.store %o140, %y[%a140] : memref<10368xi32>
      %v141 = math.floor %f : f32
      %o141 = arith.bitcast %v141 : f32 to i32
      %a141 = arith.addi %i, %base141 : index
      memref.store %o141, %y[%a141] : memref<10368xi32>
      %v142 = math.ceil %f : f32
      %o142 = arith.bitcast %v142 : f32 to i32
      %a142 = arith.addi %i, %base142 : index
      memref.store %o142, %y[%a142] : memref<10368xi32>
      %v143 = math.absf %f : f32
      %o143 = arith.bitcast %v143 : f32 to i32
      %a143 = arith.addi %i, %base143 : index
      memref.store %o143, %y[%a143] : memref<10368xi32>
      %v144 = arith.extf %half : f16 to f32
      %o144 = arith.bitcast %v144 : f32 to i32
      %a144 = arith.addi %i, %base144 : index
      memref.store %o144, %y[%a144] : memref<10368xi32>
      %v145 = arith.extf %bhalf : bf16 to f32
      %o145 = arith.bitcast %v145 : f32 to i32
      %a145 = arith.addi %i, %base145 : index
      memref.store %o145, %y[%a145] : memref<10368xi32>
      %v146 = arith.extui %x8 : i8 to i64
      %h146 = arith.shrsi %v146, %c32_i64 : i64
      %m146 = arith.xori %v146, %h146 : i64
      %o146 = arith.trunci %m146 : i64 to i32
      %a146 = arith.addi %i, %base146 : index
      memref.store %o146, %y[%a146] : memref<10368xi32>
      %v147 = arith.extui %x : i32 to i64
      %h147 = arith.shrsi %v147, %c32_i64 : i64
      %m147 = arith.xori %v147, %h147 : i64
      %o147 = arith.trunci %m147 : i64 to i32
      %a147 = arith.addi %i, %base147 : index
      memref.store %o147, %y[%a147] : memref<10368xi32>
      %v148 = arith.extui %flag : i1 to i32
      %a148 = arith.addi %i, %base148 : index
      memref.store %v148, %y[%a148] : memref<10368xi32>
      %v149 = arith.extsi %flag : i1 to i64
      %h149 = arith.shrsi %v149, %c32_i64 : i64
      %m149 = arith.xori %v149, %h149 : i64
      %o149 = arith.trunci %m149 : i64 to i32
      %a149 = arith.addi %i, %base149 : index
      memref.store %o149, %y[%a149] : memref<10368xi32>
      %v150 = arith.andi %flag, %flag2 : i1
      %o150 = arith.extsi %v150 : i1 to i32
      %a150 = arith.addi %i, %base150 : index
      memref.store %o150, %y[%a150] : memref<10368xi32>
      %v151 = arith.xori %flag, %flag2 : i1
      %o151 = arith.extsi %v151 : i1 to i32
      %a151 = arith.addi %i, %base151 : index
      memref.store %o151, %y[%a151] : memref<10368xi32>
      %v152 = arith.ori %flag, %flag2 : i1
      %o152 = arith.extsi %v152 : i1 to i32
      %a152 = arith.addi %i, %base152 : index
      memref.store %o152, %y[%a152] : memref<10368xi32>
      %v153 = math.ctlz %x : i32
      %a153 = arith.addi %i, %base153 : index
      memref.store %v153, %y[%a153] : memref<10368xi32>
      %v154 = qvec.multiply_high %x, %pos {shift = 31 : i32} : i32
      %a154 = arith.addi %i, %base154 : index
      memref.store %v154, %y[%a154] : memref<10368xi32>
      %v155 = qvec.multiply_high %x, %pos {shift = 32 : i32} : i32
      %a155 = arith.addi %i, %base155 : index
      memref.store %v155, %y[%a155] : memref<10368xi32>
      %v156 = qvec.saturate %small : i32 to i8
      %o156 = arith.extsi %v156 : i8 to i32
      %a156 = arith.addi %i, %base156 : index
      memref.store %o156, %y[%a156] : memref<10368xi32>
      %v157 = qvec.saturate %small {unsignedResult} : i32 to i8
      %o157 = arith.extsi %v157 : i8 to i32
      %a157 = arith.addi %i, %base157 : index
      memref.store %o157, %y[%a157] : memref<10368xi32>
      %v158 = qvec.rescale_add %x8, %z8 {lhsMultiplier = 16384 : i32, rhsMultiplier = -8192 : i32, offset = 8192 : i32, shift = 14 : i32} : i8
      %o158 = arith.extsi %v158 : i8 to i32
      %a158 = arith.addi %i, %base158 : index
      memref.store %o158, %y[%a158] : memref<10368xi32>
      %v159 = qvec.rescale_add %x8, %z8 {lhsMultiplier = 16384 : i32, rhsMultiplier = 8192 : i32, offset = -2147483648 : i32, shift = 14 : i32, unsignedBytes} : i8
      %o159 = arith.extsi %v159 : i8 to i32
      %a159 = arith.addi %i, %base159 : index
      memref.store %o159, %y[%a159] : memref<10368xi32>
      %v160 = qvec.lookup %x8 {table = array<i8: -128, -91, -54, -17, 20, 57, 94, -125, -88, -51, -14, 23, 60, 97, -122, -85, -48, -11, 26, 63, 100, -119, -82, -45, -8, 29, 66, 103, -116, -79, -42, -5, 32, 69, 106, -113, -76, -39, -2, 35, 72, 109, -110, -73, -36, 1, 38, 75, 112, -107, -70, -33, 4, 41, 78, 115, -104, -67, -30, 7, 44, 81, 118, -101, -64, -27, 10, 47, 84, 121, -98, -61, -24, 13, 50, 87, 124, -95, -58, -21, 16, 53, 90, 127, -92, -55, -18, 19, 56, 93, -126, -89, -52, -15, 22, 59, 96, -123, -86, -49, -12, 25, 62, 99, -120, -83, -46, -9, 28, 65, 102, -117, -80, -43, -6, 31, 68, 105, -114, -77, -40, -3, 34, 71, 108, -111, -74, -37, 0, 37, 74, 111, -108, -71, -34, 3, 40, 77, 114, -105, -68, -31, 6, 43, 80, 117, -102, -65, -28, 9, 46, 83, 120, -99, -62, -25, 12, 49, 86, 123, -96, -59, -22, 15, 52, 89, 126, -93, -56, -19, 18, 55, 92, -127, -90, -53, -16, 21, 58, 95, -124, -87, -50, -13, 24, 61, 98, -121, -84, -47, -10, 27, 64, 101, -118, -81, -44, -7, 30, 67, 104, -115, -78, -41, -4, 33, 70, 107, -112, -75, -38, -1, 36, 73, 110, -109, -72, -35, 2, 39, 76, 113, -106, -69, -32, 5, 42, 79, 116, -103, -66, -29, 8, 45, 82, 119, -100, -63, -26, 11, 48, 85, 122, -97, -60, -23, 14, 51, 88, 125, -94, -57, -20, 17, 54, 91>} : i8
      %o160 = arith.extsi %v160 : i8 to i32
      %a160 = arith.addi %i, %base160 : index
      memref.store %o160, %y[%a160] : memref<10368xi32>
      // Values that change places in each turn.
      %turns = arith.constant 3 : index
      %s161:2 = scf.for %k = %c0 to %turns step %c1 iter_args(%p = %o160, %q = %o159) -> (i32, i32) {
        scf.yield %q, %p : i32, i32
      }
      %o161 = arith.subi %s161#0, %s161#1 : i32
      %base161 = arith.constant 10304 : index
      %a161 = arith.addi %i, %base161 : index
      memref.store %o161, %y[%a161] : memref<10368xi32>
    }
    return
  }
}
